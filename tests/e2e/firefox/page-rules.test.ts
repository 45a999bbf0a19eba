import { launchFirefox } from '../harness/firefox.ts';
import { pageRuleTests } from '../suites/page-rules.ts';

pageRuleTests(launchFirefox);
