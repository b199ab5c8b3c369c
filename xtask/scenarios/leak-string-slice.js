let names = [];
function document(number) {
  return Buffer.alloc(100000, 'name of ' + number + ', and much more; ').toString('latin1');
}
global.gc();
console.log(process.memoryUsage());
// Of each document 20 characters are kept, and with them the whole document.
for (let i = 0; i < 50; i++) names.push(document(i).slice(0, 20));
global.gc();
console.log(process.memoryUsage());
names = [];
global.gc();
console.log(process.memoryUsage());
// The mend: a copy of the characters.
for (let i = 0; i < 50; i++) names.push(Buffer.from(document(i).slice(0, 20), 'latin1').toString('latin1'));
global.gc();
console.log(process.memoryUsage());
