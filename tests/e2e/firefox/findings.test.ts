import { launchFirefox } from '../harness/firefox.ts';
import { findingTests } from '../suites/findings.ts';

findingTests(launchFirefox);
