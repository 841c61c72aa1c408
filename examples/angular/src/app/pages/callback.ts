import { Component } from '@angular/core';

/** Rendered on the server only: in the browser the guard leads on. */
@Component({ selector: 'app-callback', template: `<h1>Signing you in</h1>` })
export class Callback {}
