/** Where the lines of every document of the extension arrive, of documents that are gone by then, too. */
const CHANNEL = 'test:console';

interface Keeping {
  /** What was written to the console, here and, where it was asked for, elsewhere. */
  consoleLines: string[];
}

/**
 * Runs in a document or worker of the extension: from now on what it writes to its console, and what is thrown in it, is
 * kept, and told to the document that asked for `all`.
 */
export function keepConsole({ channel, all }: { readonly channel: string; readonly all: boolean }): void {
  const lines: string[] = [];
  (globalThis as unknown as Keeping).consoleLines = lines;
  const others = new BroadcastChannel(channel);
  if (all) others.onmessage = ({ data }) => lines.push(String(data));
  const textOf = (part: unknown): string => {
    if (part instanceof Error) return `${part.message}\n${part.stack}`;
    return typeof part === 'string' ? part : (JSON.stringify(part) ?? String(part));
  };
  const keep = (...parts: readonly unknown[]): void => {
    const line = parts.map(textOf).join(' ');
    lines.push(line);
    if (!all) others.postMessage(line);
  };
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir'] as const) {
    console[method] = keep;
  }
  globalThis.addEventListener('error', ({ message, error }: ErrorEvent) => keep(message, error));
  globalThis.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => keep(reason));
}

export const ONE_CONSOLE = { channel: CHANNEL, all: false } as const;
export const ALL_CONSOLES = { channel: CHANNEL, all: true } as const;

/** Runs in the document that keeps all. */
export function consoleLines(): readonly string[] {
  return (globalThis as unknown as Keeping).consoleLines;
}
