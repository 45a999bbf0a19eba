import { launchFirefox } from '../harness/firefox.ts';
import { tokenTests } from '../suites/tokens.ts';

tokenTests(launchFirefox);
