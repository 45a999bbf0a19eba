import { launchFirefox } from '../harness/firefox.ts';
import { devtoolsTests } from '../suites/devtools.ts';

devtoolsTests(launchFirefox);
