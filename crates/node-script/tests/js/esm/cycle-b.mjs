import { a, readB } from './cycle-a.mjs';
export let b = 'b';
try { a; } catch (error) { b = error.name; }
export const readA = () => a + typeof readB;
