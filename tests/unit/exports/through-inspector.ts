import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { createExports } from '../../../lib/adapters/exports.ts';
import { openFile } from '../../../lib/adapters/file-source.ts';
import { createInspector } from '../../../lib/adapters/inspector.ts';
import type { ClientType } from '../../../lib/model/flow.ts';
import { DEFAULT_PROFILE, type ProfileName } from '../../../lib/rules/profiles.ts';
import { type Mute, NO_DECISIONS } from '../../../lib/view/decisions.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import type { SourceSnapshot } from '../../../lib/view/inspector-source.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

/** What a person said: about clients by `clientKey`, and what they are held against. */
export interface Said {
  readonly told?: ReadonlyMap<string, ClientType>;
  readonly profile?: ProfileName;
}

/** What the inspector shows of a source. */
export async function shown(
  snapshot: SourceSnapshot,
  { told = new Map(), profile = DEFAULT_PROFILE }: Said = {},
): Promise<InspectorData> {
  let data: InspectorData | null = null;
  const inspector = createInspector({
    source: {
      kind: 'live',
      hint: null,
      name: () => Promise.resolve('x'),
      read: () => Promise.resolve(snapshot),
      subscribe: () => () => undefined,
      clear: null,
    },
    memory: { readTold: () => Promise.resolve(told), writeTold: () => Promise.resolve() },
    decisions: {
      read: () => Promise.resolve({ ...NO_DECISIONS, profile }),
      write: () => Promise.resolve(),
      onChange: () => () => undefined,
    },
    onMuted: () => Promise.resolve(),
    show: (model) => {
      data = model.data;
    },
    now: () => NOW,
  });
  await inspector.refresh();
  if (data === null) throw new Error('nothing is shown');
  return data;
}

export async function exported(
  data: InspectorData,
  mutes: readonly Mute[] = [],
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  let id = '';
  const exports = createExports({
    tool: { name: 'OAuth Inspector', version: '0' },
    save: (_, __, text) => {
      files[id] = text;
    },
  });
  for (const one of exports) {
    id = one.id;
    await one.run(data, mutes);
  }
  return files;
}

export async function imported(text: string, said: Said = {}): Promise<InspectorData> {
  const options = { signal: new AbortController().signal, onProgress: () => undefined };
  const { source, errors } = await openFile(new File([text], 'x'), options);
  expect(errors).toEqual([]);
  return shown(await source.read(), said);
}

/** What must be the same when a file is opened again. */
export const judgement = ({ analysis: { flows, findings, verdicts } }: InspectorData) => ({
  flows: flows.map(({ id, grant, messages }) => [id, grant, messages.map(({ kind }) => kind)]),
  findings: findings.map(({ rule, severity, confidence, flow, key, parent }) => [
    rule,
    severity,
    confidence,
    flow,
    key,
    parent,
  ]),
  verdicts: verdicts.map(({ rule, flow, is }) => [rule, flow, is]),
});

/** The schema of HAR 1.2. */
export function harSchema(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ strict: false });
  addFormats(ajv as never);
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  for (const schema of Object.values<object>(require('har-schema'))) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#');
  if (validate === undefined) throw new Error('no schema');
  return validate;
}
