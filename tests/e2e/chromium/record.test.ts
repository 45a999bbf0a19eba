import { launchChromium } from '../harness/chromium.ts';
import { recordTests } from '../suites/record.ts';

recordTests(launchChromium);
