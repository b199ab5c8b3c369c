// What every recorder has in common: a seeded generator of random choices, and one line a program.
'use strict';

const [seed, programs] = process.argv.slice(-2).map(Number);

let state = seed >>> 0;

// The next random number, a whole one below `bound` (mulberry32).
function below(bound) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) % bound;
}

// One of the choices, each as likely as its weight: `[weight, choice], ...`.
function weighted(...choices) {
  let place = below(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, choice] of choices) {
    if (place < weight) return choice;
    place -= weight;
  }
}

// Writes one program and what Node did with it.
function emit(program) {
  require('node:fs').writeSync(1, JSON.stringify(program) + '\n');
}
