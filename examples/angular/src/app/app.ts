import { ApplicationRef, Component, afterNextRender, inject, signal } from '@angular/core';
import { RouterLink, RouterOutlet } from '@angular/router';
import { injectAuth } from 'bixarena-auth-client/angular';
import type { SampleClaims } from './claims';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterOutlet],
  template: `
    <nav [attr.data-stable]="isStable()">
      <a routerLink="/">Home</a>
      <a routerLink="/battle">Battle</a>
      @if (auth.hasRole('admin')) {
        <a routerLink="/admin">Administration</a>
      }
      <span data-testid="account">
        @switch (auth.state().status) {
          @case ('authenticated') {
            <b data-testid="name">{{ auth.profile()?.name ?? auth.user()?.sub }}</b>
            <button type="button" data-testid="logout" (click)="logout()">Sign out</button>
          }
          @case ('anonymous') {
            <button type="button" data-testid="login" (click)="login()">Sign in</button>
          }
          @default {
            <!-- Nothing is known yet, or nothing could be found out: the way to the sign-in is open all the same. -->
            @if (error(); as error) {
              <span data-testid="error-code">{{ error.code }}</span>
              @if (auth.profile(); as profile) {
                <i data-testid="unverified-name">{{ profile.name }}</i>
                <button type="button" data-testid="logout" (click)="logout()">Sign out</button>
              } @else {
                <button type="button" data-testid="login" (click)="login()">Sign in</button>
              }
            } @else {
              <span data-testid="pending">…</span>
            }
          }
        }
      </span>
    </nav>
    @if (auth.callbackError(); as error) {
      <p role="alert" data-testid="callback-error">{{ error.code }}</p>
    }
    <main><router-outlet /></main>
  `,
})
export class App {
  protected readonly auth = injectAuth<SampleClaims>();
  protected readonly isStable = signal(false);

  constructor() {
    const application = inject(ApplicationRef);
    afterNextRender(() => void application.whenStable().then(() => this.isStable.set(true)));
  }

  protected error() {
    const state = this.auth.state();
    return state.status === 'unknown' ? state.error : undefined;
  }

  protected login() {
    void this.auth.login();
  }

  protected logout() {
    void this.auth.logout({ redirectTo: '/' });
  }
}
