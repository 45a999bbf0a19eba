import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { analyse } from '../lib/analyse.ts';
import type { Finding } from '../lib/model/analysis.ts';
import type { PageScan } from '../lib/model/observation.ts';

/** Browser bundles of the registry: the package, and the file in it. Clients of OAuth, cryptography and documentation among them. */
export const BUNDLES: readonly (readonly [spec: string, file: string])[] = [
  ['plotly.js-dist-min@4.1.2', 'plotly.min.js'],
  ['three@0.187.0', 'build/three.module.js'],
  ['echarts@6.1.0', 'dist/echarts.min.js'],
  ['mapbox-gl@3.32.0', 'dist/mapbox-gl.js'],
  ['maplibre-gl@6.17.0', 'dist/maplibre-gl.mjs'],
  ['firebase@13.2.0', 'firebase-compat.js'],
  ['@supabase/supabase-js@2.109.0', 'dist/umd/supabase.js'],
  ['@azure/msal-browser@5.30.0', 'lib/msal-browser.min.js'],
  ['@auth0/auth0-spa-js@2.28.3', 'dist/auth0-spa-js.production.js'],
  ['@okta/okta-auth-js@8.0.1', 'dist/okta-auth-js.min.js'],
  ['aws-sdk@2.1693.0', 'dist/aws-sdk.min.js'],
  ['swagger-ui-dist@5.35.0', 'swagger-ui-bundle.js'],
  ['redoc@2.5.4', 'bundles/redoc.standalone.js'],
  ['tinymce@8.9.2', 'tinymce.min.js'],
  ['posthog-js@1.449.2', 'dist/array.full.js'],
  ['pdfjs-dist@5.6.205', 'build/pdf.min.mjs'],
  ['mermaid@11.17.2', 'dist/mermaid.min.js'],
  ['jsrsasign@11.1.5', 'lib/jsrsasign-all-min.js'],
  ['node-forge@1.4.3', 'dist/forge.min.js'],
  ['openpgp@6.3.2', 'dist/openpgp.min.js'],
  ['@tensorflow/tfjs@4.22.0', 'dist/tf.min.js'],
  ['antd@6.6.8', 'dist/antd.min.js'],
  ['xlsx@0.18.5', 'dist/xlsx.full.min.js'],
  ['video.js@8.24.1', 'dist/video.min.js'],
  ['hls.js@1.7.4', 'dist/hls.min.js'],
];

export interface BundleResult {
  readonly spec: string;
  readonly characters: number;
  readonly findings: readonly Finding[];
  /** A client secret that is put into its middle is found. */
  readonly control: boolean;
}

const run = promisify(execFile);

/** Fetches every bundle into a folder that is removed again, and judges it as a script of a page, one after the other. */
export async function* judgeBundles(): AsyncGenerator<BundleResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  try {
    for (const [spec, file] of BUNDLES) {
      const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', spec], { cwd: folder });
      const archive = stdout.trim();
      await run('tar', ['-xzf', archive, `package/${file}`], { cwd: folder });
      const text = await readFile(join(folder, 'package', file), 'utf8');
      const { findings } = await judge(text);
      const middle = text.indexOf(';', text.length / 2) + 1;
      const planted = await judge(`${text.slice(0, middle)}c={clientSecret:"${CONTROL}"};${text.slice(middle)}`);
      const control = planted.findings.some(({ rule }) => rule === 'secret-in-page-script');
      yield { spec, characters: text.length, findings, control };
      for (const name of [archive, 'package']) await rm(join(folder, name), { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const CONTROL = 'Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y';

function judge(text: string): ReturnType<typeof analyse> {
  const scan: PageScan = {
    is: 'script',
    id: 's1',
    trace: 'bundle',
    capture: 'record',
    time: null,
    tab: 1,
    url: 'https://app.example/app.js',
    found: 'file',
    text,
    truncated: false,
    source: { source: 0, entry: 0 },
  };
  return analyse([scan]);
}
