let theThing = null;
function withVar() {
  var original = theThing;
  if (original) { var unused = function () { return original; }; }
  theThing = { data: new Array(10000).fill(0), method: function () {} };
}
function withLet() {
  if (true) { let original = theThing; let unused = function () { return original; }; }
  theThing = { data: new Array(10000).fill(0), method: function () {} };
}
global.gc();
console.log(process.memoryUsage());
// `var` puts the old thing into the context that the new method keeps.
for (let i = 0; i < 50; i++) withVar();
global.gc();
console.log(process.memoryUsage());
theThing = null;
global.gc();
console.log(process.memoryUsage());
// The mend: `let` in a block has a context of its own, which nothing keeps.
for (let i = 0; i < 50; i++) withLet();
global.gc();
console.log(process.memoryUsage());
