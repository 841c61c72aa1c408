// @ts-check

/**
 * How many seconds a `Retry-After` asks to wait (RFC 9110 §10.2.3): they, or a date. Undefined if it says nothing.
 * @param {unknown} value a header, or what a body says in its place
 * @param {number} now milliseconds since the epoch
 * @param {number} longest in seconds; what is over it is no advice but a mistake, and is cut
 */
export function retryAfter(value, now, longest) {
  const text = String(value ?? '').trim();
  // A date has letters; without any, parsers take nearly every number for one. JSON has fractions.
  const moment = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (moment - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longest);
}
