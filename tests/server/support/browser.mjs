// @ts-check
import assert from 'node:assert/strict';

/**
 * As much of a browser as a login needs: a cookie jar that knows host and path (RFC 6265 §5.4; ports do not separate cookies),
 * and redirects followed one by one.
 */
export class Browser {
  /** @type {Map<string, { value: string, path: string, host: string, attributes: string }>} */
  #jar = new Map();

  /**
   * One request, no redirect followed.
   *
   * @param {string | URL} url
   * @param {RequestInit} [init]
   */
  async fetch(url, init = {}) {
    const target = new URL(url);
    const headers = new Headers(init.headers);
    const cookies = this.cookiesFor(target);
    if (cookies) headers.set('Cookie', cookies);
    const answer = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) this.#keep(target, line);
    return answer;
  }

  /**
   * A navigation: GET, or POST of a form, with every redirect followed until a page or a URL that `stop` accepts.
   *
   * @param {string | URL} url
   * @param {{ form?: Record<string, string>, stop?: (url: URL) => boolean }} [options]
   * @returns {Promise<{ url: URL, answer: Response | null, chain: string[] }>} no answer where `stop` ended it
   */
  async navigate(url, { form, stop = () => false } = {}) {
    let target = new URL(url);
    /** @type {RequestInit} */
    let init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
    const chain = [];
    for (let hops = 0; hops < 20; hops += 1) {
      chain.push(target.href);
      if (stop(target)) return { url: target, answer: null, chain };
      const answer = await this.fetch(target, { ...init, headers: { Accept: 'text/html,*/*;q=0.8' } });
      const location = answer.headers.get('Location');
      if (answer.status < 300 || answer.status > 399 || !location) return { url: target, answer, chain };
      await answer.arrayBuffer();
      target = new URL(location, target);
      init = {};
    }
    return assert.fail(`too many redirects: ${chain.join(' ')}`);
  }

  /** @param {URL} url */
  cookiesFor(url) {
    return [...this.#jar.entries()]
      .filter(([, { host, path }]) => host === url.hostname && pathMatches(url.pathname, path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  /** @param {string} name */
  cookie(name) {
    return [...this.#jar.entries()].find(([key]) => key.split(' ')[0] === name)?.[1];
  }

  /**
   * @param {URL} url
   * @param {string} line a Set-Cookie header
   */
  #keep(url, line) {
    const [pair = '', ...attributes] = line.split(/; ?/);
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const attribute = (/** @type {string} */ wanted) =>
      attributes.find((a) => a.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    const path = attribute('path') ?? '/';
    const key = `${name} ${url.hostname} ${path}`;
    const expires = attribute('expires');
    const gone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
    if (gone) this.#jar.delete(key);
    else this.#jar.set(key, { value, path, host: url.hostname, attributes: attributes.join('; ') });
  }
}

/**
 * RFC 6265 §5.1.4
 *
 * @param {string} path
 * @param {string} cookiePath
 */
function pathMatches(path, cookiePath) {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
