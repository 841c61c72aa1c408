// @ts-check
import { request as httpRequest } from 'node:http';

/** Headers of one connection, not of the message (RFC 9110 §7.6.1); they are not passed on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * Passes a request on, and its answer back, byte by byte: redirects, cookies and broken answers included. An upstream that
 * cannot be reached gives `503` with an empty body, as the production gateway does.
 *
 * @param {URL} target
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function proxy(target, request, response) {
  const { headers, socket } = request;
  const chain = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ');
  const upstream = httpRequest(target, {
    method: request.method ?? 'GET',
    headers: {
      ...withoutHopByHop(headers),
      host: target.host,
      'x-forwarded-for': chain,
      'x-forwarded-host': headers.host ?? '',
      'x-forwarded-proto': 'http',
    },
    // A connection each: a kept one may be closed by the upstream just as a POST goes out on it.
    agent: false,
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHopByHop(answer.headers));
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(503).end();
  });
  request.pipe(upstream);
  response.on('close', () => upstream.destroy());
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
function withoutHopByHop(headers) {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}
