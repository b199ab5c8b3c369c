// rows are in a scope that only summarize has.
function summary() {
  const rows = new Array(1000).fill('row');
  const summarize = () => rows.join();
  if (summarize.length > 0) summarize();
  return rows.length;
}
function makeReport() {
  const title = 'report of ' + summary();
  return function describe() { return title; };
}
globalThis.describe = makeReport();
// A variable that is large and used is no leak.
function makeTable() {
  const table = new Array(1000).fill('cell');
  return function lookUp(index) { return table[index]; };
}
globalThis.lookUp = makeTable();
