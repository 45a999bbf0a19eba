import { launchFirefox } from '../harness/firefox.ts';
import { storageTests } from '../suites/storage.ts';

storageTests(launchFirefox);
