import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { analyse } from '../lib/analyse.ts';
import { decodeSource, readSource } from '../lib/har/read.ts';
import { printable } from '../lib/report/printable.ts';
import { makeReport, rootFindings } from '../lib/report/report.ts';
import { count, severityCounts } from '../lib/report/summary.ts';

/**
 * `npm run corpus -- [--expect-clean] DIR…`: every HAR and JSON Lines file below the folders, one after the other in
 * one process, with what was found and what could not be read. With `--expect-clean` a finding above info is a failure.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'expect-clean': { type: 'boolean', default: false } },
});

let files = 0;
let unusable = 0;
let entries = 0;
let messages = 0;
let threw = 0;
let aboveInfo = 0;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

for (const folder of positionals) for (const file of await filesBelow(folder)) await runFile(folder, file);
say(
  `${files} files, ${unusable} unusable, ${entries} entries, ${messages} OAuth messages, ` +
    `${aboveInfo} findings above info, ${threw} exceptions`,
);
if (files === 0) say('expected a folder with .har or .jsonl files');
process.exitCode = files === 0 || threw > 0 || (values['expect-clean'] && aboveInfo > 0) ? 1 : 0;

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
