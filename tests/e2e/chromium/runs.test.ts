import { launchChromium } from '../harness/chromium.ts';
import { runTests } from '../suites/runs.ts';

runTests(launchChromium);
