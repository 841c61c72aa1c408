// @ts-check
/* What a page hears: of other tabs, of being hidden and shown, of a network that is back. And the locks that tabs share. Where
   the host lacks one of these, nothing is heard of it, and everything else works. */

/** What is heard: 0 to 2 are other tabs' news (src/session/tabs.rs), the rest is about this page (`happening` in auth_client.rs). */
export const SHOWN = 3;
const HIDDEN = 4;
/** Out of the back/forward cache: not for Rust. */
export const RETURNED = 8;

export const isHidden = () => globalThis.document?.visibilityState === 'hidden';

/**
 * @param {string | undefined} name of the channel and, with more behind it, of the locks; without it nothing is shared
 * @param {(what: number) => void} heard
 */
export function watch(name, heard) {
  /** @type {BroadcastChannel | undefined} */
  let channel;
  /** What ends the locks that are held and the waits for them. @type {Set<() => void>} */
  const locks = new Set();

  const close = () => {
    channel?.close();
    channel = undefined;
  };
  const open = () => {
    close();
    if (name === undefined || typeof BroadcastChannel !== 'function') return;
    try {
      channel = new BroadcastChannel(name);
    } catch {
      return; // not for this origin
    }
    // Any script of this origin can write here; whatever is no news is not even looked at.
    channel.onmessage = ({ data }) => {
      if (data === 0 || data === 1 || data === 2) heard(data);
    };
  };
  const look = (/** @type {Event & { persisted?: boolean }} */ { type, persisted }) => {
    if (type === 'pagehide')
      close(); // an open channel keeps a page out of the back/forward cache
    else if (type === 'pageshow') {
      if (persisted) open();
      heard(persisted ? RETURNED : SHOWN);
    } else if (!isHidden()) heard(SHOWN);
    else if (type !== 'online') heard(HIDDEN);
  };
  /** @param {'addEventListener' | 'removeEventListener'} change */
  const listen = (change) => {
    globalThis.document?.[change]('visibilitychange', look);
    for (const type of ['pageshow', 'pagehide', 'online']) globalThis.window?.[change](type, look);
  };

  open();
  listen('addEventListener');
  if (isHidden()) heard(HIDDEN);

  return {
    /** @param {number} news */
    tell: (news) => channel?.postMessage(news),
    /**
     * Waits for a lock, though not for long; gives what releases it, or nothing if it could not be had.
     * @param {string} what
     * @param {number} patience milliseconds
     * @returns {Promise<(() => void) | void>}
     */
    lock(what, patience) {
      const manager = globalThis.navigator?.locks;
      if (name === undefined || !manager || patience <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const controller = new AbortController();
        const stop = () => {
          clearTimeout(timer);
          locks.delete(stop);
          controller.abort();
          resolve();
        };
        const timer = setTimeout(stop, patience);
        locks.add(stop);
        const hold = () =>
          new Promise((release) => {
            const end = () => {
              locks.delete(end);
              release(undefined);
            };
            clearTimeout(timer);
            locks.delete(stop);
            locks.add(end);
            resolve(end);
          });
        manager.request(name + what, { signal: controller.signal }, hold).catch(stop);
      });
    },
    end() {
      listen('removeEventListener');
      close();
      for (const end of locks) end();
      name = undefined;
    },
  };
}
