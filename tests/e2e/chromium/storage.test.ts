import { launchChromium } from '../harness/chromium.ts';
import { storageTests } from '../suites/storage.ts';

storageTests(launchChromium);
