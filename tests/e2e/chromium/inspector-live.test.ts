import { launchChromium } from '../harness/chromium.ts';
import { inspectorLiveTests } from '../suites/inspector-live.ts';

inspectorLiveTests(launchChromium);
