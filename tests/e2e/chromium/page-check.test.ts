import { launchChromium } from '../harness/chromium.ts';
import { pageCheckTests } from '../suites/page-check.ts';

pageCheckTests(launchChromium);
