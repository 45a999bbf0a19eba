import { launchChromium } from '../harness/chromium.ts';
import { findingTests } from '../suites/findings.ts';

findingTests(launchChromium);
