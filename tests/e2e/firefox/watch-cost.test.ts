import { launchFirefox } from '../harness/firefox.ts';
import { describeCost } from '../watch-cost.ts';

describeCost(launchFirefox);
