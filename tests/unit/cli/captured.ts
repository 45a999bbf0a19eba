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
    pieces: (file) => {
      const text = files[file];
      if (text === undefined) throw new Error('no such file');
      return new Blob([text]).stream();
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
