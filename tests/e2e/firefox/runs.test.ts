import { launchFirefox } from '../harness/firefox.ts';
import { runTests } from '../suites/runs.ts';

runTests(launchFirefox);
