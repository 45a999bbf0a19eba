/** Domains of services that measure, record sessions or collect errors. Products' own pages, 2026-11. */
const DOMAINS: ReadonlySet<string> = new Set([
  'google-analytics.com',
  'analytics.google.com',
  'googletagmanager.com',
  'doubleclick.net',
  'segment.io',
  'segment.com',
  'mixpanel.com',
  'amplitude.com',
  'heapanalytics.com',
  'hotjar.com',
  'hotjar.io',
  'fullstory.com',
  'logrocket.com',
  'logrocket.io',
  'lr-ingest.io',
  'sentry.io',
  'bugsnag.com',
  'rollbar.com',
  'datadoghq.com',
  'datadoghq.eu',
  'datadoghq-browser-agent.com',
  'browser-intake-datadoghq.com',
  'nr-data.net',
  'newrelic.com',
  'clarity.ms',
  'matomo.cloud',
  'plausible.io',
  'posthog.com',
  'rudderstack.com',
  'mouseflow.com',
  'smartlook.com',
  'quantummetric.com',
  'eum-appdynamics.com',
  'raygun.io',
  'trackjs.com',
  'honeybadger.io',
  'applicationinsights.azure.com',
  'dc.services.visualstudio.com',
]);

/** Services among them that also take what the page writes to the console. */
const CONSOLE: ReadonlySet<string> = new Set([
  'sentry.io',
  'logrocket.com',
  'logrocket.io',
  'lr-ingest.io',
  'datadoghq.com',
  'datadoghq.eu',
  'datadoghq-browser-agent.com',
  'browser-intake-datadoghq.com',
  'fullstory.com',
]);

export function isTelemetryHost(host: string): boolean {
  return isUnder(host, DOMAINS);
}

export function takesConsole(host: string): boolean {
  return isUnder(host, CONSOLE);
}

/** The host or one above it is in the set. */
export function isUnder(host: string, domains: ReadonlySet<string>): boolean {
  for (let rest = host; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '') {
    if (domains.has(rest)) return true;
  }
  return false;
}
