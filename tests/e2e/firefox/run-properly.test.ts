import { launchFirefox } from '../harness/firefox.ts';
import { runProperlyTests } from '../suites/run-properly.ts';

runProperlyTests(launchFirefox);
