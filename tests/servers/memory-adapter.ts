import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** Everything that the authorization server remembers, gone when it stops. Entries live as long as the process. */
export function memoryAdapter(): AdapterFactory {
  const models = new Map<string, Map<string, AdapterPayload>>();

  return (name): Adapter => {
    const entries = models.get(name) ?? new Map<string, AdapterPayload>();
    models.set(name, entries);
    const findWhere = (matches: (payload: AdapterPayload) => boolean) =>
      Promise.resolve([...entries.values()].find(matches));

    return {
      upsert(id, payload) {
        entries.set(id, payload);
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(entries.get(id)),
      findByUid: (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: (userCode) => findWhere((payload) => payload.userCode === userCode),
      consume(id) {
        const payload = entries.get(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      destroy(id) {
        entries.delete(id);
        return Promise.resolve();
      },
      revokeByGrantId(grantId) {
        for (const model of models.values()) {
          for (const [id, payload] of model) if (payload.grantId === grantId) model.delete(id);
        }
        return Promise.resolve();
      },
    };
  };
}
