import type { Claims } from 'bixarena-auth-client/angular';

/** What this application relies on in a token of the service. */
export interface SampleClaims extends Claims {
  roles: ('user' | 'admin')[];
}
