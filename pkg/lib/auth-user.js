// @ts-check
/** @import { UserInfo } from '../dist/types.js' */

/** What the service says about the user: asked for once for everybody who waits, and kept while the user stays. */
export class Profile {
  /** @type {UserInfo | null} */
  known = null;
  /** @type {Promise<UserInfo> | undefined} */
  #underWay;
  /** @type {AbortController | undefined} */
  #controller;
  #ask;
  #onKnown;
  #raise;

  /**
   * @param {(controller: AbortController) => Promise<UserInfo>} ask
   * @param {(info: UserInfo) => void} onKnown
   * @param {(code: string) => Error} raise
   */
  constructor(ask, onKnown, raise) {
    this.#ask = ask;
    this.#onKnown = onKnown;
    this.#raise = raise;
  }

  load() {
    return (this.#underWay ??= this.#load());
  }

  async #load() {
    const controller = (this.#controller = new AbortController());
    try {
      const info = await this.#ask(controller);
      controller.signal.throwIfAborted();
      this.known = info;
      this.#onKnown(info);
      return info;
    } finally {
      // Unless another user's has taken its place.
      if (this.#controller === controller) this.#underWay = undefined;
    }
  }

  /**
   * The user is gone: what is known goes too, and who waits learns why.
   * @param {string} code why
   */
  forget(code) {
    this.known = null;
    this.#underWay = undefined;
    this.#controller?.abort(this.#raise(code));
  }
}

/**
 * What the service says, with a name to show and a picture that is safe to link to.
 * @param {Record<string, any>} body
 * @returns {UserInfo}
 */
export function userInfo(body) {
  const { name, preferred_username: handle, avatar_url: avatar } = body;
  const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
  return {
    ...body,
    sub: body.sub,
    name: [name, handle].find(isText),
    avatar: isText(avatar) && /^https?:\/\//i.test(avatar) ? avatar : undefined,
  };
}
