import { collectTraffic, type DevtoolsApi, handTraffic } from '../../lib/adapters/devtools-traffic.ts';

declare const chrome: { readonly devtools: DevtoolsApi };

const { devtools } = chrome;
const traffic = collectTraffic(devtools);
devtools.panels.create('OAuth Inspector', '/icon/32.png', '/panel.html', (panel) => {
  panel.onShown.addListener((window) => handTraffic(window, traffic));
});
