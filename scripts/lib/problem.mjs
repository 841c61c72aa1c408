// @ts-check
import process from 'node:process';

/** Something a person can put right: shown as its one sentence, without a stack. */
export class Problem extends Error {
  name = 'Problem';
}

/**
 * Runs a command's main function and sets the exit status from its outcome.
 * @param {() => Promise<number | void>} main its number becomes the exit status
 */
export async function runCommand(main) {
  try {
    process.exitCode = (await main()) || 0;
  } catch (error) {
    console.error(isForThePerson(error) ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

/**
 * A wrong option is one too, in the words of `parseArgs`.
 * @param {any} error
 * @returns {error is Error}
 */
const isForThePerson = (error) => error instanceof Problem || /^ERR_PARSE_ARGS_/.test(error?.code);
