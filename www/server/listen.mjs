// @ts-check
import { createServer } from 'node:http';

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => unknown} Handler */

/**
 * One HTTP server on 127.0.0.1. It listens before it knows what to answer, so that servers that need each other's
 * addresses can be started in any order.
 *
 * @typedef {object} Listener
 * @property {number} port
 * @property {string} url the origin, without a trailing slash
 * @property {(handler: Handler) => void} handle sets what answers
 * @property {() => Promise<void>} pause stops listening and cuts every connection, as a crashed process would
 * @property {() => Promise<void>} resume listens again on the same port
 * @property {() => Promise<void>} close the end
 */

/**
 * @param {object} options
 * @param {string} options.name what the server is, for the message about a taken port
 * @param {string} options.option the option that chooses the port, for the same message
 * @param {number} [options.port] 0, the default: any free port
 * @param {string} [options.host] the name used in `url`; the socket is always bound to 127.0.0.1
 * @returns {Promise<Listener>}
 */
export async function listen({ name, option, port = 0, host = '127.0.0.1' }) {
  /** @type {Handler} */
  let handler = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => void handler(request, response));
  await bind(server, port, name, option);
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;

  const pause = async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    // Without this, close() waits for the browsers' keep-alive connections.
    server.closeAllConnections();
    await closed;
  };
  return {
    port: bound,
    url: `http://${host}:${bound}`,
    handle: (next) => void (handler = next),
    pause,
    resume: async () => {
      if (!server.listening) await bind(server, bound, name, option);
    },
    close: pause,
  };
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {string} name
 * @param {string} option
 */
function bind(server, port, name, option) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.ErrnoException} error */
    const refused = (error) => reject(explain(error, port, name, option));
    server.once('error', refused);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refused);
      resolve(undefined);
    });
  });
}

/**
 * @param {NodeJS.ErrnoException} error
 * @param {number} port
 * @param {string} name
 * @param {string} option
 */
function explain(error, port, name, option) {
  const reasons = /** @type {Record<string, string>} */ ({
    EADDRINUSE: `is taken by another program: choose another with the option ${option}, or 0 for any free port`,
    EACCES: `may not be opened by this user: choose one above 1023 with the option ${option}`,
  });
  const reason = reasons[error.code ?? ''];
  if (!reason) return error;
  return Object.assign(new Error(`port ${port} for the ${name} ${reason}`, { cause: error }), { code: error.code });
}
