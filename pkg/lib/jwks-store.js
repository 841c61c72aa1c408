// @ts-check
// The shared tier of a key set: the Cache API, which the isolates of one place have in common. Loaded where
// `jwksCache.store` asks for it.

const NAME = 'bixarena-auth-client';

/** When the service was asked for the set, in milliseconds since the epoch: from then on its lifetimes count. */
const ASKED = 'x-bixarena-auth-client-asked';

/** Until when nobody else of this place needs to ask the service, in milliseconds since the epoch. */
const UNTIL = 'x-bixarena-auth-client-until';

/** Present if the service has failed; else its answer is on its way. */
const FAILED = 'x-bixarena-auth-client-failed';

/** Milliseconds that a read or a write may take: whatever is wrong with a cache, it is no failure of the key set. */
const PATIENCE = 1000;

/** Milliseconds between two looks for what another isolate is fetching. */
const PAUSE = 100;

/**
 * What the store needs of its verifier.
 * @typedef {object} Keys
 * @property {() => number} now
 * @property {number} patience milliseconds that another isolate's fetch is waited for
 * @property {(asked: number, text: string) => void} use puts a set in use, if it is newer than the one in use
 * @property {() => number} freshUntil tells until when the set in use is fresh
 * @property {(response: Response) => Promise<string>} readText within the limits of an answer of the service
 *
 * @typedef {{ text: string, asked: number }} Stored
 * @typedef {{ until: number, hasFailed: boolean }} Mark what one isolate lets the others know of its fetch
 * @typedef {{ waitUntil(promise: Promise<unknown>): void }} Context
 */

export class JwksStore {
  #key;
  #markKey;
  #lifetime;
  #keys;

  /**
   * @param {string} url of the key set
   * @param {unknown} issuer whose keys they are
   * @param {{ maxAge?: number, staleIfError?: number }} lifetimes seconds; after the longest of them nobody uses a set
   * @param {Keys} keys
   */
  constructor(url, issuer, { maxAge = 600, staleIfError = 3600 }, keys) {
    // An address of its own: the answer of the service may lie in the same cache.
    const key = new URL(url);
    key.searchParams.set(NAME, JSON.stringify(issuer));
    this.#key = key.href;
    key.searchParams.set(`${NAME}-mark`, '');
    this.#markKey = key.href;
    this.#lifetime = Math.max(maxAge, staleIfError);
    this.#keys = keys;
  }

  /**
   * Whether the store brings a set that is enough, now or when another isolate of this place has it: of hundreds that find
   * their sets too old at once, one asks the service. Throws where another one has been told to leave the service alone.
   * @param {() => boolean} isEnough whether the set in use is
   * @param {(left: number) => Error} failAsOthers takes note of the milliseconds that the service is to be left alone
   */
  async find(isEnough, failAsOthers) {
    const { now, patience } = this.#keys;
    for (let waited = 0; ; waited += PAUSE) {
      const mark = this.#readMark();
      const isNew = await this.#take();
      if (isNew && isEnough()) return true;
      const { until = 0, hasFailed = false } = (await mark) ?? {};
      const left = until - now();
      // An isolate that has fallen silent is not waited for any longer.
      if (!(left > 0) || waited >= patience) return false;
      if (hasFailed) throw failAsOthers(left);
      await new Promise((resolve) => globalThis.setTimeout(resolve, PAUSE));
    }
  }

  /** Lets the others know of a fetch that begins. Nobody waits for marks, nor is anything lost with one. */
  begins() {
    this.#writeMark({ until: this.#keys.now() + this.#keys.patience, hasFailed: false });
  }

  /**
   * Lets the others know of a fetch that failed.
   * @param {number} pause milliseconds that the service is to be left alone
   * @param {Context} [ctx]
   */
  fails(pause, ctx) {
    if (!(pause > 0)) return;
    const written = this.#writeMark({ until: this.#keys.now() + pause, hasFailed: true });
    ctx?.waitUntil(written);
  }

  /** Lets the stored set be used. Whether another one is in use now. */
  async #take() {
    const { use, freshUntil } = this.#keys;
    const stored = await this.#read();
    const before = freshUntil();
    try {
      if (stored) use(stored.asked, stored.text);
    } catch {
      // The service's own answer will say what is wrong, if anything is.
    }
    return freshUntil() !== before && freshUntil() > 0;
  }

  /** @returns {Promise<Mark | undefined>} */
  #readMark() {
    return attempt(async (cache) => {
      const response = await cache.match(this.#markKey);
      await response?.body?.cancel();
      const until = Number(response?.headers.get(UNTIL) ?? NaN);
      return response && until >= 0 ? { until, hasFailed: response.headers.has(FAILED) } : undefined;
    });
  }

  /** @param {Mark} mark */
  #writeMark({ until, hasFailed }) {
    const now = this.#keys.now();
    return attempt(async (cache) => {
      const lifetime = Math.ceil((until - now) / 1000);
      const headers = new Headers({ 'cache-control': `public, max-age=${lifetime}`, [UNTIL]: String(until) });
      if (hasFailed) headers.set(FAILED, '1');
      await cache.put(this.#markKey, new Response('', { headers }));
    });
  }

  /** @returns {Promise<Stored | undefined>} */
  #read() {
    return attempt(async (cache) => {
      const response = await cache.match(this.#key);
      const asked = Number(response?.headers.get(ASKED) ?? NaN);
      return response && asked >= 0 ? { text: await this.#keys.readText(response), asked } : undefined;
    });
  }

  /**
   * Writes a set, unless there is a newer one. Nobody has to wait for it, if it is waited for at all.
   * @param {Stored} set
   * @param {Context} [ctx]
   */
  async write(set, ctx) {
    const written = this.#write(set);
    if (ctx) ctx.waitUntil(written);
    else await written;
  }

  /** @param {Stored} set */
  #write({ text, asked }) {
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
