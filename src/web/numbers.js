// @ts-check
// The numbers that are exchanged with Rust. They stand one by one, and in a module that imports nothing: so bundlers put each
// number where its name was.

/** How an absent, a wrong, a differing and a good member are told to Rust: two bits each (`Match`). */
export const ABSENT = 0;
export const OTHER_TYPE = 1;
export const DIFFERS = 2;
export const GOOD = 3;

// Kinds of keys; see `KeyKind` in src/jwt/algorithm.rs.
export const RSA = 0;
export const ED25519 = 4;

// What the core answers; see `outcome` in src/web/jwt_verifier.rs.
export const BEGUN_REFRESH = 1;
export const REJECTED = 2;
export const NEEDS_SET = 3;
export const NEEDS_KEY = 4;

// How a token is to be looked at; see `how` in src/web/jwt_verifier.rs.
export const TIMELESS = 1;
export const LAST = 2;

// See `moment` in src/web/jwt_verifier.rs.
export const VALID_FROM = 0;
export const VALID_UNTIL = 1;
export const KEYS_FRESH = 2;
export const KEYS_USABLE = 3;
export const KEYS_SERVED = 4;

// What is checked beside the algorithm; see `checks` in src/web/jwt_verifier.rs.
export const CHECK_TYPE = 0x10000;

// Why a key set is fetched; see `NEEDS` in src/web/jwt_verifier.rs.
export const SET = 0;
export const KEY = 1;
export const KEY_OF_ISSUER = 2;
export const NEWEST = 3;

// What a fetch brought; see `brought` in src/web/jwt_verifier.rs.
export const NOTHING = 0;
export const SAME_SET = 1;
export const NEW_SET = 2;
export const STATIC_SET = 3;

/** In place of a fetch's ticket: no fetch brought the set. */
export const NO_TICKET = 0;

// Rows of Rust's table of faults (src/error/fault.rs): those that only show in JavaScript.
export const SIGNATURE_INVALID = 0;
export const KEY_IMPORT_FAILED = 1;
export const ENGINE_FAILED = 2;
export const UNAVAILABLE = 3;
export const NOT_JSON = 4;
export const TOO_LARGE = 5;
export const CONTENT_TYPE = 6;
export const DISPOSED = 7;
export const NO_KEY = 8;

/** A host may lack algorithms from this number on in Rust's table: ES384, ES512, EdDSA. Every WebCrypto has the others. */
export const FIRST_UNCERTAIN = 7;

/** In seconds: nobody's advice may keep a verifier without keys for longer. */
export const LONGEST_WAIT = 3600;

/** The longest answer that is read, in bytes: 512 KiB. */
export const MAX_BYTES = 524_288;

/** Into how many parts the time that a fetch may take is divided: so many fetches are begun at most while one hangs. */
export const STEPS = 3;

/** A timer that is set for longer fires at once. */
export const LONGEST_TIMER = 2_147_483_647;
