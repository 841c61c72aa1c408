// @ts-check
import { KeyRing } from '../service/keys.mjs';
import { operationNames } from '../service/operations.mjs';
import { faultKinds } from './fault-kinds.mjs';

/** @typedef {import('../service/operations.mjs').OperationName} OperationName */

/**
 * A fault to be played on the next requests of an operation; the kinds and their parameters are in fault-kinds.mjs.
 *
 * @typedef {object} FaultRequest
 * @property {OperationName} operation
 * @property {string} kind
 * @property {number | null} [times] how many requests it spoils, default 1; null: all until it is cleared
 * @property {number} [skip] how many it lets pass first, default 0
 */

/** @typedef {FaultRequest & { left: number, toSkip: number, gate: Promise<void>, open: () => void }} Fault */

/** The faults that wait for their requests, in the order in which they were given. */
export class Faults {
  /** @type {Fault[]} */
  #waiting = [];
  /** @type {Fault[]} holds whose request may already be under way */
  #holds = [];
  /** @type {Promise<KeyRing> | null} */
  #replica = null;

  /** @param {FaultRequest & Record<string, any>} request */
  add(request) {
    check(request);
    let open = () => {};
    /** @type {Promise<void>} */
    const gate = new Promise((resolve) => (open = () => resolve()));
    const fault = {
      ...request,
      left: request.times ?? (request.times === null ? Infinity : 1),
      toSkip: request.skip ?? 0,
    };
    this.#waiting.push({ ...fault, gate, open });
    const added = /** @type {Fault} */ (this.#waiting.at(-1));
    if (added.kind === 'hold') this.#holds.push(added);
  }

  /**
   * The fault for a request that has just come in, if there is one; it is used up by that.
   *
   * @param {OperationName} operation
   */
  take(operation) {
    const fault = this.#waiting.find((candidate) => candidate.operation === operation);
    if (!fault) return null;
    if (fault.toSkip > 0) {
      fault.toSkip -= 1;
      return null;
    }
    fault.left -= 1;
    if (fault.left <= 0) this.#waiting.splice(this.#waiting.indexOf(fault), 1);
    return fault;
  }

  /**
   * Lets the held requests go.
   *
   * @param {OperationName} [operation]
   */
  release(operation) {
    for (const hold of this.#holds.filter((candidate) => !operation || candidate.operation === operation)) hold.open();
    this.#holds = this.#holds.filter((hold) => operation && hold.operation !== operation);
  }

  /**
   * Takes back what waits, and lets go what is held.
   *
   * @param {OperationName} [operation]
   */
  clear(operation) {
    this.#waiting = this.#waiting.filter((fault) => operation && fault.operation !== operation);
    this.release(operation);
  }

  /**
   * @param {Fault} fault
   * @param {import('./fault-kinds.mjs').Context} c
   * @param {() => Promise<void>} next
   */
  play(fault, c, next) {
    const kind = /** @type {import('./fault-kinds.mjs').FaultKind} */ (faultKinds[fault.kind]);
    const replica = () => (this.#replica ??= KeyRing.create());
    return kind({ c, fault, next, gate: () => fault.gate, replica });
  }
}

/** @param {FaultRequest & Record<string, any>} request */
function check({ operation, kind, times, skip, ms, location }) {
  if (!operationNames.includes(operation)) throw wrong('operation', operation, operationNames);
  if (!Object.hasOwn(faultKinds, kind)) throw wrong('kind', kind, Object.keys(faultKinds));
  if (times !== undefined && times !== null && !(times > 0)) throw wrong('times', times, ['a number above 0', 'null']);
  if (skip !== undefined && !(skip >= 0)) throw wrong('skip', skip, ['a number from 0 up']);
  if (kind === 'delay' && !(ms >= 0)) throw wrong('ms', ms, ['milliseconds']);
  if (kind === 'redirect' && typeof location !== 'string') throw wrong('location', location, ['a URL']);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string[]} expected
 */
function wrong(name, value, expected) {
  return new TypeError(`${name}: expected ${expected.join(', ')}; got ${JSON.stringify(value)}`);
}
