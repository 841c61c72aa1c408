import { Component } from '@angular/core';

@Component({
  selector: 'app-home',
  template: `
    <h1>Find the best model</h1>
    <p>Everybody can read this page; it is rendered on the server.</p>
  `,
})
export class Home {}
