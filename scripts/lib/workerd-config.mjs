// @ts-check

const CACHE = 'cache';

/**
 * The configuration of one Worker, in Cap'n Proto's text form.
 *
 * @param {object} worker
 * @param {{ name: string, type: string }[]} worker.modules files beside the configuration
 * @param {Record<string, unknown>} [worker.bindings]
 * @param {Record<string, string>} [worker.services]
 * @param {string} [worker.cacheApi] URL of the HTTP server that keeps what the Cache API holds
 * @param {string[]} [worker.network]
 * @param {string} [worker.compatibilityDate]
 * @param {string[]} [worker.compatibilityFlags]
 */
export function workerdConfig(worker) {
  const { bindings = {}, network = ['local'] } = worker;
  const services = { ...worker.services, ...(worker.cacheApi && { [CACHE]: worker.cacheApi }) };
  const { compatibilityDate = '2026-01-01', compatibilityFlags = [] } = worker;
  const modules = [...worker.modules]
    // The first module is the Worker itself.
    .sort((a, b) => Number(b.type === 'esModule') - Number(a.type === 'esModule'))
    .map(({ name, type }) => `(name = ${text(name)}, ${type} = embed ${text(name)})`);
  const values = Object.entries(bindings).map(([name, value]) =>
    typeof value === 'string'
      ? `(name = ${text(name)}, text = ${text(value)})`
      : `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`,
  );
  const bound = Object.keys(worker.services ?? {}).map(
    (name) => `(name = ${text(name)}, service = ${text(`service ${name}`)})`,
  );
  const servers = Object.entries(services).map(
    ([name, url]) =>
      `(name = ${text(`service ${name}`)}, external = (address = ${text(new URL(url).host)}, http = ()))`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = [${network.map(text).join(', ')}])),
    ${servers.join(',\n    ')}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  bindings = [${[...values, ...bound].join(', ')}],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}],
  ${worker.cacheApi ? `cacheApiOutbound = ${text(`service ${CACHE}`)},` : ''}
);
`;
}

/**
 * A string literal. Cap'n Proto's differ from JSON's in the escapes of control characters.
 * @param {string} value
 */
function text(value) {
  return JSON.stringify(value).replace(/\\u00([0-9a-f]{2})/g, '\\x$1');
}
