import { launchChromium } from '../harness/chromium.ts';
import { serverTests } from '../suites/servers.ts';

serverTests(launchChromium);
