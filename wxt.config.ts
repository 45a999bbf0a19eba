import { defineConfig } from 'wxt';
import { withoutExamples } from './scripts/without-examples.ts';

/** docs/architecture.md gives the reason for each of these two. */
const MINIMUM_CHROME = '120';
const MINIMUM_FIREFOX = '140.0';

/** One page for the tab, the side panel and the sidebar. */
const INSPECTOR = 'inspector.html';

/** Directives of the pages' Content-Security-Policy; what is not named here is refused by `default-src`. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  // Runs of a flow and the keys of an issuer: hosts that the person names. Loopback is where servers are developed.
  'connect-src https: http://localhost:* http://127.0.0.1:*',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export default defineConfig({
  modules: ['@wxt-dev/webextension-polyfill'],
  manifestVersion: 3,
  // Every import is written out: an automatic one would be invisible to the gates in tests/gates.
  imports: false,
  manifest: ({ browser }) => ({
    name: 'OAuth Inspector',
    permissions: [
      'storage',
      'webRequest',
      'activeTab',
      'scripting',
      'contextMenus',
      'identity',
      'declarativeNetRequestWithHostAccess',
      ...(browser === 'firefox' ? [] : ['sidePanel']),
    ],
    optional_permissions: ['clipboardRead'],
    optional_host_permissions: ['*://*/*'],
    commands: {
      'inspect-selection': { suggested_key: { default: 'Alt+Shift+J' }, description: 'Inspect selected token' },
    },
    content_security_policy: { extension_pages: CONTENT_SECURITY_POLICY },
    ...(browser === 'firefox'
      ? {
          incognito: 'spanning',
          sidebar_action: { default_title: 'OAuth Inspector', default_panel: INSPECTOR, open_at_install: false },
          browser_specific_settings: {
            gecko: {
              id: 'oauth-inspector@oauth-inspector.example',
              strict_min_version: MINIMUM_FIREFOX,
              data_collection_permissions: { required: ['none'] },
            },
          },
        }
      : {
          incognito: 'split',
          minimum_chrome_version: MINIMUM_CHROME,
          side_panel: { default_path: INSPECTOR },
        }),
  }),
  vite: () => ({
    plugins: [withoutExamples()],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      target: [`chrome${MINIMUM_CHROME}`, `firefox${Number.parseInt(MINIMUM_FIREFOX, 10)}`],
      modulePreload: false,
      // Kilobytes. The files are on the person's disk: their size costs no download.
      chunkSizeWarningLimit: 1000,
    },
  }),
});
