import { launchChromium } from '../harness/chromium.ts';
import { runSurvivalTests } from '../suites/run-survival.ts';

runSurvivalTests(launchChromium);
