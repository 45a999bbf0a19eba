import { launchFirefox } from '../harness/firefox.ts';
import { serverTests } from '../suites/servers.ts';

serverTests(launchFirefox);
