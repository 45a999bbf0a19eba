/** Runs the demo servers alone: `node tests/servers/main.ts [--port N]`, until interrupted. */
import { parseArgs } from 'node:util';
import { startDemo } from './start-demo.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const demo = await startDemo(values.port === undefined ? {} : { port: Number(values.port) });

process.stdout.write(`Demo servers: ${Object.values(demo.origins).join(' ')}
on 127.0.0.1:${demo.port}; CONNECT proxy for browsers on 127.0.0.1:${demo.proxyPort}.

Chromium:
  chromium --user-data-dir="$(mktemp -d)" --proxy-server=127.0.0.1:${demo.proxyPort} \\
    --ignore-certificate-errors-spki-list=${demo.spkiHash} ${demo.url}
Firefox: set 127.0.0.1:${demo.proxyPort} as HTTPS proxy, open ${demo.url} and accept the test certificates.
`);
