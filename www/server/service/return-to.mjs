// @ts-check

const MAX_LENGTH = 500;

/**
 * The deployed service's rule, no stricter: it starts with `/`, not with `//`, and holds no `://`. Any other value is ignored.
 *
 * @param {string | undefined} value
 * @returns {string | null}
 */
export function acceptedReturnTo(value) {
  if (value === undefined || value.length > MAX_LENGTH) return null;
  return value.startsWith('/') && !value.startsWith('//') && !value.includes('://') ? value : null;
}

/**
 * The UI's base URL plus the return path. The path is appended, not resolved: resolving `/\evil` would leave the origin.
 *
 * @param {string} uiUrl an origin
 * @param {string | null} returnTo
 */
export function returnUrl(uiUrl, returnTo) {
  return new URL(uiUrl + (returnTo ?? '/')).href;
}
