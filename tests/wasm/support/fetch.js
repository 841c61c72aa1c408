// @ts-check

/**
 * Stands in the place of `fetch` and of the clock, for the tests: answers as it was told to and keeps what it was asked.
 */
export class FetchDouble {
  /** @type {Request[]} */
  requests = [];
  /** What the service will do, in this order; the last is repeated. @type {((request: Request) => unknown)[]} */
  #answers = [];
  /** How many octets were taken of endless bodies. */
  taken = 0;
  #began = performance.now();
  /** Breaks the connection that hangs. */
  endHanging = () => {};
  #fetch = globalThis.fetch;
  #now = Date.now;

  /** @param {number} now milliseconds since the epoch */
  constructor(now) {
    this.now = now;
    Date.now = () => this.now;
    globalThis.fetch = /** @type {any} */ (
      (/** @type {Request} */ request) => {
        this.requests.push(request);
        const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
        return answer?.(request);
      }
    );
  }

  restore() {
    globalThis.fetch = this.#fetch;
    Date.now = this.#now;
  }

  /** Real milliseconds since it was made. */
  get elapsed() {
    return performance.now() - this.#began;
  }

  /** Whether the browser was told to end the last request. */
  get isAborted() {
    return this.requests.at(-1)?.signal.aborted ?? false;
  }

  /**
   * @param {number} status
   * @param {string} type
   * @param {string} body
   * @param {string} [retryAfter]
   */
  answer(status, type, body, retryAfter) {
    const headers = { 'content-type': type, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
    // A fresh one each time: a body is read once. A status without a body takes none.
    this.#answers.push(async () => new Response(status === 204 ? null : body, { status, headers }));
  }

  /**
   * As after a redirect that somebody in between has followed.
   * @param {string} body
   */
  answerRedirected(body) {
    this.#answers.push(async () => {
      const response = new Response(body, { headers: { 'content-type': 'application/json' } });
      return Object.defineProperty(response, 'redirected', { value: true });
    });
  }

  /** A body that does not end. */
  answerEndless() {
    this.#answers.push(async () => {
      const pull = (/** @type {ReadableStreamDefaultController} */ controller) => {
        this.taken += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      };
      return new Response(new ReadableStream({ pull }), { headers: { 'content-type': 'application/json' } });
    });
  }

  /** A body of which only the beginning comes. */
  answerHalf() {
    this.#answers.push(async () => {
      const start = (/** @type {ReadableStreamDefaultController} */ controller) =>
        controller.enqueue(new TextEncoder().encode('{"keys":['));
      return new Response(new ReadableStream({ start }), { headers: { 'content-type': 'application/json' } });
    });
  }

  /** Something else than a promise of a response. @param {unknown} value */
  give(value) {
    this.#answers.push(() => value);
  }

  /** @param {unknown} reason */
  fail(reason) {
    this.#answers.push(() => Promise.reject(reason));
  }

  /** @param {unknown} reason */
  throwAtOnce(reason) {
    this.#answers.push(() => {
      throw reason;
    });
  }

  /** @param {boolean} heedsAbort whether it ends when it is aborted, as the real `fetch` does */
  hang(heedsAbort) {
    this.#answers.push(
      ({ signal }) =>
        new Promise((_, reject) => {
          this.endHanging = () => reject(new Error('reset'));
          if (heedsAbort) signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
  }
}

/** Waits until everything that waits for nothing outside has run. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
