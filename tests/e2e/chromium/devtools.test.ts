import { launchChromium } from '../harness/chromium.ts';
import { devtoolsTests } from '../suites/devtools.ts';

devtoolsTests(launchChromium);
