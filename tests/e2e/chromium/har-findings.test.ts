import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cases } from '../../servers/cases/index.ts';
import { disagreement, nestFindings } from '../../servers/expectations.ts';
import { startDemo } from '../../servers/start-demo.ts';
import { audit } from '../harness/audit.ts';
import { recordHars } from '../harness/record-har.ts';

let folder: string;
let recorded: ReadonlyMap<string, string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-har-'));
  const demo = await startDemo();
  try {
    recorded = await recordHars(
      demo,
      cases.map(({ id }) => id),
    );
  } finally {
    await demo.stop();
  }
});
after(() => rm(folder, { recursive: true, force: true }));

for (const { id, expected } of cases) {
  test(`the command line finds in a recording of ${id} what must be found`, async () => {
    const file = join(folder, `${id}.har`);
    await writeFile(file, recorded.get(id) ?? '');
    const { findings } = await audit(file);
    assert.equal(disagreement(expected, nestFindings(findings)), null);
  });
}
