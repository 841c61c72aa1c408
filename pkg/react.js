'use client';
// @ts-check
export { AuthProvider, RequireRole, useAuth } from './lib/react/components.js';
