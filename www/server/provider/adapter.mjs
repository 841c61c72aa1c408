// @ts-check

/** @typedef {import('oidc-provider').AdapterPayload} Payload */

/**
 * Where one provider keeps its sessions, interactions, codes and grants: a map in memory, gone with the stack.
 *
 * @returns {(model: string) => import('oidc-provider').Adapter}
 */
export function memoryAdapter() {
  /** @type {Map<string, { payload: Payload, expiresAt: number }>} */
  const store = new Map();

  /** @param {string} key */
  const read = (key) => {
    const entry = store.get(key);
    if (entry && entry.expiresAt > Date.now()) return entry.payload;
    store.delete(key);
    return undefined;
  };
  /** @param {(payload: Payload, key: string) => boolean} fits */
  const search = (fits) => {
    for (const [key, { payload }] of store) if (fits(payload, key)) return read(key);
    return undefined;
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      store.set(`${model}:${id}`, { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
    },
    find: async (id) => read(`${model}:${id}`),
    findByUid: async (uid) => search((payload, key) => key.startsWith(`${model}:`) && payload.uid === uid),
    findByUserCode: async (code) => search((payload, key) => key.startsWith(`${model}:`) && payload.userCode === code),
    async destroy(id) {
      store.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of store) if (payload.grantId === grantId) store.delete(key);
    },
    async consume(id) {
      const payload = read(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
  });
}
