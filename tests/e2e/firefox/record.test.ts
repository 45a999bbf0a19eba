import { launchFirefox } from '../harness/firefox.ts';
import { recordTests } from '../suites/record.ts';

recordTests(launchFirefox);
