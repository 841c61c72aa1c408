// @ts-check

/**
 * A function for the members of an object. A bundler that does not need its result can leave the call out, if that is marked as
 * pure; access to a member it cannot.
 * @template {object} T
 * @param {T} from
 */
export const pick = (from) => /** @template {keyof T} K @param {K} name */ (name) => from[name];
