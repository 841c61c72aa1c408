import { inject } from '@angular/core';
import { Router, type Routes } from '@angular/router';
import { authCallbackGuard, authGuard } from 'bixarena-auth-client/angular';
import { Callback } from './pages/callback';
import { Home } from './pages/home';

export const routes: Routes = [
  { path: '', component: Home },
  {
    path: 'battle',
    canActivate: [authGuard()],
    loadComponent: () => import('./pages/battle').then(({ Battle }) => Battle),
  },
  {
    path: 'admin',
    canActivate: [
      authGuard({
        roles: 'admin',
        onDenied: ({ reason }) => inject(Router).createUrlTree(['/'], { queryParams: { denied: reason } }),
      }),
    ],
    loadComponent: () => import('./pages/admin').then(({ Admin }) => Admin),
  },
  { path: 'callback', component: Callback, canActivate: [authCallbackGuard()] },
  { path: '**', redirectTo: '' },
];
