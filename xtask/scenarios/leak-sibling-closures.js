let theThing = null;
function replaceThing() {
  const original = theThing;
  const unused = function () { if (original) return 'hi'; };
  theThing = { text: new Array(10000).fill(0), method: function () {} };
}
function replaceThingMended() {
  let original = theThing;
  const unused = function () { if (original) return 'hi'; };
  theThing = { text: new Array(10000).fill(0), method: function () {} };
  original = null;
}
global.gc();
console.log(process.memoryUsage());
// The new thing's method shares a context with a sibling that nobody calls, and that one refers to the old thing.
for (let i = 0; i < 50; i++) replaceThing();
global.gc();
console.log(process.memoryUsage());
theThing = null;
global.gc();
console.log(process.memoryUsage());
// The mend: the variable is cleared at the end.
for (let i = 0; i < 50; i++) replaceThingMended();
global.gc();
console.log(process.memoryUsage());
