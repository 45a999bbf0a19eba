import { launchFirefox } from '../harness/firefox.ts';
import { pageCheckTests } from '../suites/page-check.ts';

pageCheckTests(launchFirefox);
