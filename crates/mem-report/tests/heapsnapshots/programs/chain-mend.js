let handler = null;
function replaceHandler() {
  handler = { data: 'x'.repeat(100), handle() { return 'handled'; } };
}
for (let i = 0; i < 20; i++) replaceHandler();
globalThis.current = () => handler;
