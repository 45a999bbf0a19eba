import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { isRecord, parseJson } from '../http/params.ts';
import type { PageScan } from '../model/observation.ts';
import type { MappedPlace } from '../model/rule.ts';
import { base64urlText } from '../token/base64url.ts';

/** A source that a map holds (ECMA-426, `sourcesContent`). */
export interface MapSource {
  readonly file: string;
  readonly text: string;
}

/** The sources inside of a source map; `null` where the text is none. */
export function mapSources(scan: PageScan): readonly MapSource[] | null {
  if (!isMapText(scan.text)) return null;
  const map = parseJson(withoutGuard(scan.text));
  if (!isRecord(map) || !Array.isArray(map['sources'])) return null;
  const contents: unknown = map['sourcesContent'];
  const root = typeof map['sourceRoot'] === 'string' ? map['sourceRoot'] : '';
  return map['sources'].flatMap((source: unknown, index): MapSource[] => {
    const text: unknown = Array.isArray(contents) ? contents[index] : null;
    return typeof source === 'string' && typeof text === 'string' ? [{ file: root + source, text }] : [];
  });
}

/** The same map with the sources that hold one of these values, and its mappings only if asked for; `null` where it is none. */
export function reducedMap(scan: PageScan, values: readonly string[], mappings: boolean): string | null {
  if (!isMapText(scan.text)) return null;
  const map = parseJson(withoutGuard(scan.text));
  if (!isRecord(map) || !Array.isArray(map['sources'])) return null;
  const contents: readonly unknown[] = Array.isArray(map['sourcesContent']) ? map['sourcesContent'] : [];
  const { version, sourceRoot, sources } = map;
  return JSON.stringify({
    version,
    sourceRoot,
    sources,
    sourcesContent: sources.map((_: unknown, index: number) => {
      const text = contents[index];
      return typeof text === 'string' && values.some((value) => text.includes(value)) ? text : null;
    }),
    mappings: mappings ? map['mappings'] : '',
  });
}

/** Whether a text is a source map, by its looks. */
export function isSourceMap({ text }: Pick<PageScan, 'text'>): boolean {
  return isMapText(text);
}

function isMapText(text: string): boolean {
  return /^(\)\]\}'[^\n]*\n)?\s*\{/.test(text) && text.includes('"mappings"') && text.includes('"sources"');
}

/** Some servers put `)]}'` before it, so that it is no script. */
function withoutGuard(text: string): string {
  return text.replace(/^\)\]\}'[^\n]*\n/, '');
}

/**
 * Where a place in a script is in its sources, by a map that lies on the script's own origin or inside of it; `null`
 * without one. `line` and `column` count from 1.
 */
export function mappedPlace(
  scan: PageScan,
  line: number,
  column: number,
  scans: readonly PageScan[],
): MappedPlace | null {
  const text = mapOf(scan, scans);
  if (text === null) return null;
  try {
    const place = originalPositionFor(new TraceMap(withoutGuard(text)), { line, column: column - 1 });
    if (place.source === null || place.line === null || place.column === null) return null;
    return { file: place.source, line: place.line, column: place.column + 1 };
  } catch {
    // A broken map leads nowhere.
    return null;
  }
}

/** Address of the map that the last line of a script names, for maps that are files; `null` without one. */
export function mapLink(text: string, url: string): string | null {
  const link = LINK.exec(text.slice(-MAX_LINK))?.[1];
  if (link === undefined || link.startsWith('data:') || !URL.canParse(link, url)) return null;
  return new URL(link, url).href;
}

/** Characters at the end of a script in which the link to its map stands. */
const MAX_LINK = 2000;

const LINK = /\/[/*][#@]\s*sourceMappingURL=(\S+?)(?:\s*\*\/)?\s*$/;

function mapOf(scan: PageScan, scans: readonly PageScan[]): string | null {
  const link = LINK.exec(scan.text.slice(-MAX_INLINE_MAP))?.[1];
  const inline = /^data:application\/json;(?:charset=utf-8;)?base64,(.*)$/i.exec(link ?? '')?.[1];
  if (inline !== undefined) {
    return base64urlText(inline.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  }
  const address = link === undefined ? `${withoutQuery(scan.url)}.map` : link;
  if (!URL.canParse(address, scan.url)) return null;
  const url = new URL(address, scan.url);
  if (url.origin !== new URL(scan.url).origin) return null;
  return scans.find((other) => other.url === url.href && isMapText(other.text))?.text ?? null;
}

/** A longer map inside of a script is not taken apart. */
const MAX_INLINE_MAP = 4_000_000;

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
