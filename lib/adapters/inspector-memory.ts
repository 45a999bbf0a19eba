import { isRecord } from '../http/params.ts';
import type { MemoryArea } from './popup-memory.ts';

/** What the inspector remembers for the browser session: keys, never a value of the capture. */
export interface KeptPlace {
  readonly section: string;
  readonly flow: string | null;
  /** The flow that it is compared with. */
  readonly other: string | null;
}

const PLACE = 'inspector:place';

export function createPlaceMemory(area: MemoryArea) {
  return {
    /** Storage that cannot be read gives the first section. */
    async read(): Promise<KeptPlace> {
      const stored = await area.get(PLACE).catch(() => ({}) as Record<string, unknown>);
      const place = stored[PLACE];
      if (!isRecord(place)) return { section: 'flows', flow: null, other: null };
      const { section, flow, other } = place;
      return {
        section: typeof section === 'string' ? section : 'flows',
        flow: typeof flow === 'string' ? flow : null,
        other: typeof other === 'string' ? other : null,
      };
    },
    write: (place: KeptPlace): Promise<void> => area.set({ [PLACE]: place }),
  };
}
