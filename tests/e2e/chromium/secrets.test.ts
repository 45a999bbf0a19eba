import { launchChromium } from '../harness/chromium.ts';
import { secretTests } from '../suites/secrets.ts';

secretTests(launchChromium);
