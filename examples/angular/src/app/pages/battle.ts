import { HttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { injectAuth } from 'bixarena-auth-client/angular';
import type { SampleClaims } from '../claims';

@Component({
  selector: 'app-battle',
  template: `
    <h1>Battle</h1>
    @if (auth.user(); as user) {
      <p>
        You are <code data-testid="sub">{{ user.sub }}</code>: {{ user.roles.join(', ') }}.
      </p>
    }
    <button type="button" data-testid="call-api" (click)="call()">Ask the API</button>
    <output data-testid="api">{{ answer() }}</output>
  `,
})
export class Battle {
  protected readonly auth = injectAuth<SampleClaims>();
  protected readonly answer = signal('');
  readonly #http = inject(HttpClient);

  /** The interceptor sends the token along: app.config.ts says so for this path. */
  protected call() {
    this.#http.get<{ sub: string }>('/api/me').subscribe({
      next: ({ sub }) => this.answer.set(sub),
      error: (error) => this.answer.set(`failed: ${error.code ?? error.status}`),
    });
  }
}
