export * from './counter.mjs';
export * from './cycle-b.mjs';
export * as inner from './counter.mjs';
export const own = 1;
