import { launchChromium } from '../harness/chromium.ts';
import { runFlowTests } from '../suites/run-flows.ts';

runFlowTests(launchChromium);
