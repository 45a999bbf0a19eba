import { launchFirefox } from '../harness/firefox.ts';
import { inspectorLiveTests } from '../suites/inspector-live.ts';

inspectorLiveTests(launchFirefox);
