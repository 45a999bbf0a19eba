import { launchChromium } from '../harness/chromium.ts';
import { tokenTests } from '../suites/tokens.ts';

tokenTests(launchChromium);
