import { launchChromium } from '../harness/chromium.ts';
import { pageRuleTests } from '../suites/page-rules.ts';

pageRuleTests(launchChromium);
