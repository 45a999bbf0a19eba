import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { launchChromium } from '../harness/chromium.ts';
import { findingTests } from '../suites/findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-inspector-har-'));
const har = join(folder, 'all.har');

findingTests((options) => launchChromium({ ...options, har }), har);
after(() => rmSync(folder, { recursive: true }));
