import { launchChromium } from '../harness/chromium.ts';
import { libraryTests } from '../suites/libraries.ts';

libraryTests(launchChromium);
