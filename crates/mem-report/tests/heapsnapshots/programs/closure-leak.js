// describe keeps the scope, which keeps rows for summarize, which nobody has any more.
function makeReport() {
  const rows = new Array(1000).fill('row');
  const title = 'report of ' + rows.length;
  const summarize = () => rows.join();
  if (summarize.length > 0) summarize();
  return function describe() { return title; };
}
globalThis.describe = makeReport();
