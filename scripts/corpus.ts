import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { analyse } from '../lib/analyse.ts';
import { decodeSource, readSource } from '../lib/har/read.ts';
import { printable } from '../lib/report/printable.ts';
import { makeReport, rootFindings } from '../lib/report/report.ts';
import { sarifReport } from '../lib/report/sarif.ts';
import { count, severityCounts } from '../lib/report/summary.ts';
import { RULES } from '../lib/rules/index.ts';
import { specUrl } from '../lib/rules/specs.ts';
import { judgeBundles } from './bundles.ts';

/**
 * `npm run corpus -- [--expect-clean] [--sarif-schema FILE] DIR…`: every HAR and JSON Lines file below the folders, one after the other in
 * one process, with what was found and what could not be read. With `--expect-clean` a finding above info is a failure;
 * with `--sarif-schema` so is a SARIF report that the schema refuses.
 *
 * `npm run corpus -- --bundles` fetches large bundles from the registry instead and judges them as scripts of a page; a
 * finding above info is a failure.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bundles: { type: 'boolean', default: false },
    'expect-clean': { type: 'boolean', default: false },
    'sarif-schema': { type: 'string' },
  },
});

const validSarif = values['sarif-schema'] === undefined ? null : await schemaCheck(values['sarif-schema']);

let files = 0;
let unusable = 0;
let entries = 0;
let messages = 0;
let threw = 0;
let aboveInfo = 0;
let sarifChecked = 0;
let sarifInvalid = 0;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.bundles) await runBundles();
else await runFolders();

async function runFolders(): Promise<void> {
  for (const folder of positionals) for (const file of await filesBelow(folder)) await runFile(folder, file);
  say(
    `${files} files, ${unusable} unusable, ${entries} entries, ${messages} OAuth messages, ` +
      `${aboveInfo} findings above info, ${threw} exceptions`,
  );
  if (validSarif !== null) say(`${sarifChecked} SARIF reports checked, ${sarifInvalid} invalid`);
  if (files === 0) say('expected a folder with .har or .jsonl files');
  process.exitCode = files === 0 || threw > 0 || sarifInvalid > 0 || (values['expect-clean'] && aboveInfo > 0) ? 1 : 0;
}

async function runBundles(): Promise<void> {
  let bundles = 0;
  let failed = 0;
  for await (const { spec, characters, findings, control } of judgeBundles()) {
    bundles += 1;
    const above = findings.filter(({ severity }) => severity !== 'info');
    failed += above.length > 0 || !control ? 1 : 0;
    say(
      `${spec}: ${characters} characters, ${findings.length === 0 ? 'no findings' : count(findings.length, 'finding', 'findings')}${control ? '' : ', a planted secret was missed'}`,
    );
    for (const { severity, rule, summary } of findings) say(`  ${severity} ${rule} ${printable(summary)}`);
  }
  say(`${bundles} bundles, ${failed} with findings above info or without the planted secret`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** What a JSON schema says against a document: one line for each error. The schema of SARIF 2.1.0 is of draft 4. */
async function schemaCheck(file: string): Promise<(document: unknown) => string[]> {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(await readFile(file, 'utf8')));
  return (document) => (validate(document) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`));
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && /\.(?:har|jsonl|ndjson)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function runFile(folder: string, file: string): Promise<void> {
  files += 1;
  const name = relative(folder, file);
  try {
    const { format, observations, ...source } = readSource(decodeSource(await readFile(file)), 0);
    const report = makeReport(
      { name: 'corpus', version: '0' },
      [{ file, entries: source.entries, errors: source.errors }],
      await analyse(observations),
    );
    const roots = rootFindings(report);
    if (format === null) unusable += 1;
    entries += source.entries;
    messages += report.messages.length;
    aboveInfo += roots.filter((finding) => finding.severity !== 'info').length;
    say(
      `${name}: ${count(source.entries, 'entry', 'entries')}, ${count(report.messages.length, 'message', 'messages')}, ${severityCounts(roots) || 'no findings'}`,
    );
    for (const finding of roots)
      say(`  ${finding.severity} ${finding.rule} entry ${finding.entry}: ${finding.summary}`);
    for (const { entry, line, message } of source.errors) {
      say(
        `  unread${entry === undefined ? '' : ` entry ${entry}`}${line === undefined ? '' : ` line ${line}`}: ${printable(message)}`,
      );
    }
    if (validSarif !== null) {
      const errors = validSarif(JSON.parse(sarifReport(report, { rules: RULES, specUrl })));
      sarifChecked += 1;
      if (errors.length > 0) sarifInvalid += 1;
      for (const error of errors) say(`  not SARIF 2.1.0: ${error}`);
    }
    for (const verdict of report.verdictList) {
      if (verdict.is !== 'error') continue;
      threw += 1;
      say(`  exception: ${verdict.message ?? verdict.rule}`);
    }
  } catch (error) {
    threw += 1;
    say(`${name}: exception: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
