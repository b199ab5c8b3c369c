class Session {
  constructor(id) { this.id = id; }
}
const details = new WeakMap();
// A Map by name, and one of sessions that are open, are no leaks.
const byName = new Map();
const names = new Map();
function open(id) {
  const session = new Session(id);
  details.set(session, { log: 'entry '.repeat(20) + id });
  byName.set('session ' + id, session);
  names.set(session, 'session ' + id);
  return session;
}
for (let i = 0; i < 50; i++) open(i);
globalThis.open = open;
