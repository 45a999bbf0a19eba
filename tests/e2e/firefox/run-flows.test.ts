import { launchFirefox } from '../harness/firefox.ts';
import { runFlowTests } from '../suites/run-flows.ts';

runFlowTests(launchFirefox);
