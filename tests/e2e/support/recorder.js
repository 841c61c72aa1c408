// @ts-check
// Runs in a page before anything else: counts what a client opens and closes, and keeps what it tells other tabs.
(() => {
  const recorder = {
    listeners: 0,
    channels: 0,
    /** @type {Set<unknown>} */
    timers: new Set(),
    /** @type {Set<string>} */
    channelNames: new Set(),
    /** @type {string[]} */
    messages: [],
  };
  const on = EventTarget.prototype.addEventListener;
  const off = EventTarget.prototype.removeEventListener;
  /** @type {WeakMap<EventTarget, Set<string>>} */
  const known = new WeakMap();
  const ids = new WeakMap();
  let lastId = 0;
  /** @param {string} type @param {any} listener */
  const key = (type, listener) => {
    if (!ids.has(listener)) ids.set(listener, ++lastId);
    return `${type} ${ids.get(listener)}`;
  };
  /** @this {EventTarget | undefined} @param {string} type @param {any} listener @param {any} options */
  function add(type, listener, options) {
    const target = this ?? globalThis;
    if (listener && (target === globalThis || target === document)) {
      const set = known.get(target) ?? new Set();
      known.set(target, set);
      if (!set.has(key(type, listener))) recorder.listeners += 1;
      set.add(key(type, listener));
    }
    return on.call(target, type, listener, options);
  }
  /** @this {EventTarget | undefined} @param {string} type @param {any} listener @param {any} options */
  function remove(type, listener, options) {
    const target = this ?? globalThis;
    if (listener && known.get(target)?.delete(key(type, listener))) recorder.listeners -= 1;
    return off.call(target, type, listener, options);
  }
  EventTarget.prototype.addEventListener = add;
  EventTarget.prototype.removeEventListener = remove;

  const { setTimeout: set, clearTimeout: clear } = globalThis;
  Object.assign(globalThis, {
    /** @param {any} ring @param {number} [pause] @param {any[]} more */
    setTimeout(ring, pause, ...more) {
      const id = set(() => {
        recorder.timers.delete(id);
        ring(...more);
      }, pause);
      recorder.timers.add(id);
      return id;
    },
    /** @param {number} id */
    clearTimeout(id) {
      recorder.timers.delete(id);
      clear(id);
    },
    BroadcastChannel: class extends BroadcastChannel {
      #isOpen = true;
      /** @param {string} name */
      constructor(name) {
        super(name);
        recorder.channels += 1;
        recorder.channelNames.add(name);
      }
      /** @param {unknown} message */
      postMessage(message) {
        recorder.messages.push(JSON.stringify(message));
        super.postMessage(message);
      }
      close() {
        if (this.#isOpen) recorder.channels -= 1;
        this.#isOpen = false;
        super.close();
      }
    },
  });
  Object.assign(globalThis, { recorder });
})();
