import {
  AngularNodeAppEngine,
  createNodeRequestHandler,
  isMainModule,
  writeResponseToNodeResponse,
} from '@angular/ssr/node';
import express from 'express';
import { join } from 'node:path';

const app = express();
// Behind the origin that serves the auth routes too.
const engine = new AngularNodeAppEngine({
  trustProxyHeaders: ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
});

/** Where the auth service is, for each deployment of the same build. */
app.get('/config.json', (_request, response) => {
  response.json(JSON.parse(process.env['AUTH_OPTIONS'] ?? '{}'));
});

/** A deployment's policy, to see what the application does under it. */
const policy = process.env['CONTENT_SECURITY_POLICY'];
if (policy) {
  app.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', policy);
    next();
  });
}

app.use(express.static(join(import.meta.dirname, '../browser'), { maxAge: '1y', index: false, redirect: false }));

app.use((request, response, next) => {
  engine
    .handle(request)
    .then((rendered) => (rendered ? writeResponseToNodeResponse(rendered, response) : next()))
    .catch(next);
});

if (isMainModule(import.meta.url)) {
  const server = app.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1', (error) => {
    if (error) throw error;
    const address = server.address();
    console.log(`Listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
  });
}

/** For the development server of the Angular CLI. */
export const reqHandler = createNodeRequestHandler(app);
