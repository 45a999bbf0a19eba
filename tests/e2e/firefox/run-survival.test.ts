import { launchFirefox } from '../harness/firefox.ts';
import { runSurvivalTests } from '../suites/run-survival.ts';

runSurvivalTests(launchFirefox);
