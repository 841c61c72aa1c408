'use client';

import { useEffect } from 'react';
import fixture from '../fixture.js';
import { outcomeOf } from '../check.js';

// It is rendered on the server too, where its imports are evaluated.
export function Browser() {
  useEffect(() => {
    outcomeOf(fixture).then((outcome) => Object.assign(globalThis, { outcome }));
  }, []);
  return null;
}
