import type { Streams } from '../../../lib/cli/streams.ts';

/** Streams of a command over files in memory; `result()` is what it wrote. */
export function captured(files: Readonly<Record<string, string>>, columns: number | null = null) {
  let out = '';
  let err = '';
  const written: Record<string, string> = {};
  const streams: Streams = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    read: (file) => {
      const text = files[file];
      return text === undefined
        ? Promise.reject(new Error('no such file'))
        : Promise.resolve(new TextEncoder().encode(text));
    },
    write: (file, text) => {
      written[file] = text;
      return Promise.resolve();
    },
    columns,
    paint: (_style, text) => text,
  };
  return { streams, result: () => ({ out, err, written }) };
}
