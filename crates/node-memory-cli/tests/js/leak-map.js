// A Map where a WeakMap was meant: the sessions are reachable from nowhere else.
class Session {
  constructor(id) { this.id = id; }
}
const details = new Map();
function open(id) {
  const session = new Session(id);
  details.set(session, { log: 'entry '.repeat(20) + id });
  return session;
}
for (let i = 0; i < 200; i++) open(i);
globalThis.open = open;
