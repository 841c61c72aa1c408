// @ts-check
// The shared tier of a key set: the Cache API, which the isolates of one place have in common. Loaded where
// `jwksCache.store` asks for it.

const NAME = 'bixarena-auth-client';

/** When the service was asked for the set, in milliseconds since the epoch: from then on its lifetimes count. */
const ASKED = 'x-bixarena-auth-client-asked';

/** Milliseconds that a read or a write may take: whatever is wrong with a cache, it is no failure of the key set. */
const PATIENCE = 1000;

/** @typedef {{ text: string, asked: number }} Stored */

export class JwksStore {
  #key;
  #lifetime;
  #readText;

  /**
   * @param {string} url of the key set
   * @param {unknown} issuer whose keys they are
   * @param {number} lifetime seconds after which nobody uses a set
   * @param {(response: Response) => Promise<string>} readText within the limits of an answer of the service
   */
  constructor(url, issuer, lifetime, readText) {
    // An address of its own: the answer of the service may lie in the same cache.
    const key = new URL(url);
    key.searchParams.set(NAME, JSON.stringify(issuer));
    this.#key = key.href;
    this.#lifetime = lifetime;
    this.#readText = readText;
  }

  /**
   * Lets the stored set be used, if it is newer than the one in use.
   * @param {(asked: number, text: string) => void} use
   * @param {() => number} freshUntil tells until when the set in use is fresh
   * @returns {Promise<number>} until when it is now; 0 if it is the same set
   */
  async take(use, freshUntil) {
    const stored = await this.#read();
    const before = freshUntil();
    try {
      if (stored) use(stored.asked, stored.text);
    } catch {
      // The service's own answer will say what is wrong, if anything is.
    }
    return freshUntil() === before ? 0 : freshUntil();
  }

  /** @returns {Promise<Stored | undefined>} */
  #read() {
    return attempt(async (cache) => {
      const response = await cache.match(this.#key);
      const asked = Number(response?.headers.get(ASKED) ?? NaN);
      return response && asked >= 0 ? { text: await this.#readText(response), asked } : undefined;
    });
  }

  /**
   * Writes a set, unless there is a newer one.
   * @param {Stored} set
   */
  write({ text, asked }) {
    return attempt(async (cache) => {
      const known = await cache.match(this.#key);
      await known?.body?.cancel();
      if (Number(known?.headers.get(ASKED) ?? NaN) >= asked) return;
      const headers = {
        'content-type': 'application/json',
        'cache-control': `public, max-age=${this.#lifetime}`,
        [ASKED]: String(asked),
      };
      await cache.put(this.#key, new Response(text, { headers }));
    });
  }
}

/**
 * What is done with the cache; undefined where there is none, where it fails, and where it does not answer.
 * @template T
 * @param {(cache: Cache) => Promise<T>} act
 * @returns {Promise<T | undefined>}
 */
async function attempt(act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => (timer = globalThis.setTimeout(resolve, PATIENCE)));
  try {
    const { caches } = /** @type {any} */ (globalThis);
    const done = (async () => act(caches.default ?? (await caches.open(NAME))))();
    return await /** @type {Promise<any>} */ (Promise.race([done, late]));
  } catch {
    return undefined;
  } finally {
    globalThis.clearTimeout(timer);
  }
}
