import { provideZoneChangeDetection } from '@angular/core';

/** In place of change-detection.ts, for applications that still use zone.js. */
export const changeDetection = provideZoneChangeDetection({ eventCoalescing: true });
