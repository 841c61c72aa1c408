// @ts-check
/* A Worker that calls an API with the token of a session, as server rendering would. */
import { AuthClient } from 'bixarena-auth-client';

export default {
  /**
   * @param {Request} request
   * @param {{ BASE_URL: string, API: string, COOKIE: string }} env
   */
  async fetch(request, { BASE_URL, API, COOKIE }) {
    /** @type {typeof fetch} */
    const send = (input, init) => {
      const { method, headers } = new Request(input, init);
      const isService = new Request(input, init).url.startsWith(BASE_URL);
      return isService
        ? fetch(new Request(input, init).url, { method, headers: { cookie: COOKIE } })
        : fetch(input, init);
    };
    const client = await AuthClient.create({ baseUrl: BASE_URL, fetch: send, allowedOrigins: [API] });
    try {
      const answer = await client.fetch(API + new URL(request.url).pathname);
      return Response.json({ status: answer.status, location: answer.headers.get('location') });
    } catch (error) {
      const { code, message, stack } = /** @type {any} */ (error);
      return Response.json({ code, message, stack });
    } finally {
      client.dispose();
    }
  },
};
