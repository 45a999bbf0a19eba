import { launchChromium } from '../harness/chromium.ts';
import { runProperlyTests } from '../suites/run-properly.ts';

runProperlyTests(launchChromium);
