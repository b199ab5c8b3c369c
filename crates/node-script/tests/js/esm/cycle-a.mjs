import { b, readA } from './cycle-b.mjs';
export const a = 'a' + b;
export function readB() { return readA(); }
