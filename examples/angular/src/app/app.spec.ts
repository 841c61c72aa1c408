import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { provideAuthTesting } from 'bixarena-auth-client/angular';
import { createTestAuthClient } from 'bixarena-auth-client/testing';
import { App } from './app';

/** The application with this client: no service, no WebAssembly. */
function render(client: ReturnType<typeof createTestAuthClient>) {
  TestBed.configureTestingModule({ providers: [provideRouter([]), provideAuthTesting(client)] });
  const { nativeElement } = TestBed.createComponent(App);
  const find = (id: string): HTMLElement | null => nativeElement.querySelector(`[data-testid=${id}]`);
  const text = () => {
    TestBed.tick();
    return nativeElement.textContent as string;
  };
  return { find, text };
}

describe('App', () => {
  it('offers the sign-in, and then the sign-out', () => {
    const client = createTestAuthClient();
    const { find, text } = render(client);
    expect(text()).toContain('Sign in');
    find('login')?.click();
    expect(text()).not.toContain('Sign out');
    client.signIn('maya', { profile: { name: 'Maya' } });
    expect(text()).toContain('Sign out');
  });

  it('shows the way to the administration to those who may go it', () => {
    const client = createTestAuthClient({ user: 'maya' });
    const { text } = render(client);
    expect(text()).not.toContain('Administration');
    client.signIn('jonas', { roles: ['user', 'admin'] });
    expect(text()).toContain('Administration');
  });
});
