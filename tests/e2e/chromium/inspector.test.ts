import { launchChromium } from '../harness/chromium.ts';
import { inspectorTests } from '../suites/inspector.ts';

inspectorTests(launchChromium);
