import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

type Json = Readonly<Record<string, unknown>>;

const read = async (build: string): Promise<Json> =>
  JSON.parse(await readFile(`.output/${build}/manifest.json`, 'utf8')) as Json;

/** What both browsers' manifests must say, word for word. `version` and `description` are package.json's. */
const COMMON = {
  manifest_version: 3,
  name: 'OAuth Inspector',
  permissions: [
    'storage',
    'webRequest',
    'activeTab',
    'scripting',
    'contextMenus',
    'identity',
    'declarativeNetRequestWithHostAccess',
  ],
  commands: {
    'inspect-selection': { suggested_key: { default: 'Alt+Shift+J' }, description: 'Inspect selected token' },
  },
  optional_permissions: ['clipboardRead'],
  optional_host_permissions: ['*://*/*'],
  content_security_policy: {
    extension_pages:
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src https: " +
      'http://localhost:* http://127.0.0.1:*; ' +
      "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  },
  devtools_page: 'devtools.html',
  action: { default_title: 'OAuth Inspector', default_popup: 'popup.html' },
  icons: { '16': 'icon/16.png', '32': 'icon/32.png', '48': 'icon/48.png', '96': 'icon/96.png', '128': 'icon/128.png' },
};

const EXPECTED: Readonly<Record<string, Json>> = {
  'chrome-mv3': {
    ...COMMON,
    permissions: [...COMMON.permissions, 'sidePanel'],
    background: { service_worker: 'background.js' },
    incognito: 'split',
    side_panel: { default_path: 'inspector.html' },
    minimum_chrome_version: '120',
  },
  'firefox-mv3': {
    ...COMMON,
    background: { scripts: ['background.js'] },
    incognito: 'spanning',
    sidebar_action: { default_title: 'OAuth Inspector', default_panel: 'inspector.html', open_at_install: false },
    browser_specific_settings: {
      gecko: {
        id: 'oauth-inspector@oauth-inspector.example',
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
  },
};

/** Fails unless the manifest says exactly what it must, and nothing else. */
function expectManifest(manifest: Json, expected: Json, project: Json): void {
  const { version, description } = project;
  expect(manifest).toEqual({ ...expected, version, description });
}

describe.each(Object.entries(EXPECTED))('%s', (build, expected) => {
  it('says exactly this', async () => {
    expectManifest(await read(build), expected, JSON.parse(await readFile('package.json', 'utf8')) as Json);
  });

  it.each<[string, Json]>([
    ['host access at install', { host_permissions: ['https://as.example/*'] }],
    ['one more permission', { permissions: [...COMMON.permissions, 'sidePanel', 'tabs'] }],
    ['one more optional permission', { optional_permissions: [...COMMON.optional_permissions, 'cookies'] }],
    ['a content script', { content_scripts: [{ matches: ['*://*/*'], js: ['content.js'] }] }],
    ['an open file', { web_accessible_resources: [{ resources: ['popup.html'], matches: ['*://*/*'] }] }],
    ['an open door', { externally_connectable: { matches: ['*://as.example/*'] } }],
    ['a weaker policy', { content_security_policy: { extension_pages: "script-src 'self'" } }],
    ['no policy', { content_security_policy: undefined }],
    ['another key', { update_url: 'https://as.example/updates.xml' }],
  ])('would not pass with %s', (_what, change) => {
    const project = { version: '0.0.0', description: 'd' };
    const whole = { ...expected, ...project };
    expectManifest(whole, expected, project);
    const planted = JSON.parse(JSON.stringify({ ...whole, ...change })) as Json;
    expect(() => expectManifest(planted, expected, project)).toThrow();
  });
});
