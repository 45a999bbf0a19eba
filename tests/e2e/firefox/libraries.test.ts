import { launchFirefox } from '../harness/firefox.ts';
import { libraryTests } from '../suites/libraries.ts';

libraryTests(launchFirefox);
