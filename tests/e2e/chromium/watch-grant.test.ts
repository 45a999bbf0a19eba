import { launchChromium } from '../harness/chromium.ts';
import { describeGrants } from '../watch-grant.ts';

describeGrants(launchChromium);
