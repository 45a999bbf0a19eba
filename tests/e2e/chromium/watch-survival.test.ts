import { launchChromium } from '../harness/chromium.ts';
import { describeSurvival } from '../watch-survival.ts';

describeSurvival(launchChromium);
