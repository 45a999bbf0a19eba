import { isRecord } from '../http/params.ts';
import type { Profile } from '../view/run-profiles.ts';
import type { MemoryArea } from './popup-memory.ts';
import { readRunForm } from './run-form-memory.ts';

const KEY = 'run:profiles';

/** Settings of runs, without secrets, on disk. */
export interface ProfileStore {
  read(): Promise<readonly Profile[]>;
  write(profiles: readonly Profile[]): Promise<void>;
}

export function createProfileStore(area: MemoryArea): ProfileStore {
  return {
    async read() {
      const stored = (await area.get(KEY))[KEY];
      if (!Array.isArray(stored)) return [];
      return stored.flatMap((one): readonly Profile[] =>
        isRecord(one) && typeof one['name'] === 'string' ? [{ name: one['name'], form: readRunForm(one['form']) }] : [],
      );
    },
    write: (profiles) => area.set({ [KEY]: profiles }),
  };
}
