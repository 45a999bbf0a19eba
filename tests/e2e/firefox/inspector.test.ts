import { launchFirefox } from '../harness/firefox.ts';
import { inspectorTests } from '../suites/inspector.ts';

inspectorTests(launchFirefox);
