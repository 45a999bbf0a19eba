import { launchFirefox } from '../harness/firefox.ts';
import { secretTests } from '../suites/secrets.ts';

secretTests(launchFirefox);
