import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type BrowserName = 'chromium' | 'firefox';

interface Known {
  /** Names it, whatever else is installed. */
  readonly variable: string;
  /** Looked up on PATH, best first. */
  readonly commands: readonly string[];
  /** Where the installers of macOS and Windows put it. */
  readonly places: readonly string[];
  readonly debianPackage: string;
  readonly install: string;
}

const programs = [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']].filter(
  (folder) => folder !== undefined,
);
const inPrograms = (...path: readonly string[]): readonly string[] => programs.map((folder) => join(folder, ...path));

const KNOWN: Readonly<Record<BrowserName, Known>> = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
    places: [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
      ...inPrograms('Chromium', 'Application', 'chrome.exe'),
      ...inPrograms('Google', 'Chrome', 'Application', 'chrome.exe'),
      ...inPrograms('Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ],
    debianPackage: 'chromium',
    install: 'Install Chromium, Chrome or Edge, or set CHROMIUM_PATH to the program',
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    places: [
      '/Applications/Firefox.app/Contents/MacOS/firefox',
      '/Applications/Firefox Developer Edition.app/Contents/MacOS/firefox',
      ...inPrograms('Mozilla Firefox', 'firefox.exe'),
      ...inPrograms('Firefox Developer Edition', 'firefox.exe'),
    ],
    debianPackage: 'firefox-esr',
    install: 'Install Firefox 140 or later, or set FIREFOX_PATH to the program',
  },
};

/** Path of the browser's program, or `null` where none is found. An environment variable wins over a search. */
export function findBrowser(name: BrowserName): string | null {
  const { variable, commands, places } = KNOWN[name];
  const told = process.env[variable];
  if (told !== undefined && told !== '') return told;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...places];
  return found.find((path) => existsSync(path)) ?? null;
}

/** Whether this machine lets the script install Debian packages. */
function canInstall(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}

/**
 * Paths of the browsers asked for. On Debian, as root, what is missing is installed; elsewhere nothing is.
 *
 * @throws Error that says what to install, when one is missing and cannot be installed
 */
export async function ensureBrowsers<N extends BrowserName>(names: readonly N[]): Promise<Readonly<Record<N, string>>> {
  const missing = names.filter((name) => findBrowser(name) === null);
  if (missing.length > 0 && canInstall()) {
    const packages = missing.map((name) => KNOWN[name].debianPackage);
    process.stdout.write(`Installing ${packages.join(' and ')} from Debian\n`);
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-qq', '-y', ...packages]);
  }
  const found = names.map((name) => {
    const path = findBrowser(name);
    if (path !== null) return [name, path] as const;
    const { install, debianPackage } = KNOWN[name];
    throw new Error(`No ${name} found. ${install} (Debian: apt-get install ${debianPackage}).`);
  });
  return Object.fromEntries(found) as Record<N, string>;
}

/** First line of `--version`, for a report. */
export function browserVersion(path: string): string {
  return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
