// @ts-check

/** @type {Promise<typeof import('oidc-provider')> | null} one import, so that the console is touched once */
let loaded = null;

/**
 * Loads oidc-provider on Node 20 as well. It is written for Node 22 and later: it calls `URL.parse`, which Node 20
 * lacks, and prints a warning while it is being imported. The parts used here run on both.
 *
 * @returns {Promise<typeof import('oidc-provider')>}
 */
export function loadOidcProvider() {
  return (loaded ??= load());
}

async function load() {
  const url = /** @type {{ parse?: (url: string, base?: string) => URL | null }} */ (/** @type {unknown} */ (URL));
  url.parse ??= (input, base) => (URL.canParse(input, base) ? new URL(input, base) : null);
  const { warn } = console;
  console.warn = (/** @type {unknown[]} */ ...words) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
