import fixture from './fixture.js';
import { outcomeOf } from './check.js';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname !== '/outcome') return;
  event.respondWith(outcomeOf(fixture).then((outcome) => Response.json(outcome)));
});
