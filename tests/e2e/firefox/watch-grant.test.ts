import { launchFirefox } from '../harness/firefox.ts';
import { describeGrants } from '../watch-grant.ts';

describeGrants(launchFirefox);
