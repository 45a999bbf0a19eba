import { launchFirefox } from '../harness/firefox.ts';
import { describeSurvival } from '../watch-survival.ts';

describeSurvival(launchFirefox);
