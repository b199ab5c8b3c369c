// Each handler's scope holds the handler before, for a closure that was never kept.
let handler = null;
function replaceHandler() {
  const previous = handler;
  const unused = () => { if (previous) return previous; };
  handler = { data: 'x'.repeat(100), handle() { return 'handled'; } };
  return unused.length;
}
for (let i = 0; i < 20; i++) replaceHandler();
globalThis.current = () => handler;
