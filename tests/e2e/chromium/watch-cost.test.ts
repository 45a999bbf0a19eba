import { launchChromium } from '../harness/chromium.ts';
import { describeCost } from '../watch-cost.ts';

describeCost(launchChromium);
