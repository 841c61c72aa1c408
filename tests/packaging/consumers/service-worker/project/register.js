// The service worker answers this address; no server does.
const registration = await navigator.serviceWorker.register('./service-worker.js', { type: 'module' });
await navigator.serviceWorker.ready;
const controlled = new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  else navigator.serviceWorker.addEventListener('controllerchange', resolve);
});
await controlled;
globalThis.outcome = await (await fetch(new URL('outcome', registration.scope))).json();
