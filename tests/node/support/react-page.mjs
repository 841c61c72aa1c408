// @ts-check
// A page without a browser, for tests of what React renders.
import { Window } from 'happy-dom';

/** What of a window React and the package look at. */
const NAMES = ['window', 'document', 'navigator', 'location', 'history', 'localStorage', 'sessionStorage'];

/**
 * Makes this process look like a page. Has to happen before react-dom is loaded.
 * @param {string} url
 */
export function openPage(url) {
  const window = new Window({ url });
  for (const name of NAMES) {
    const value = name === 'window' ? window : window[/** @type {'document'} */ (name)];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  return {
    /** Another address, as after a navigation. @param {string} path */
    goTo: (path) => window.happyDOM.setURL(new URL(path, url).href),
    close: () => window.happyDOM.close(),
  };
}

/**
 * Waits until something is so.
 * @param {() => unknown} isSo
 */
export async function until(isSo) {
  const { act } = await import('react');
  const end = Date.now() + 5_000;
  for (;;) {
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
    if (isSo()) return;
    if (Date.now() > end) throw new Error(`never so: ${isSo}`);
  }
}
