import { browserVersion, ensureBrowsers } from './browsers.ts';

try {
  const paths = await ensureBrowsers(['chromium', 'firefox']);
  for (const path of Object.values(paths)) process.stdout.write(`${path}: ${browserVersion(path)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
