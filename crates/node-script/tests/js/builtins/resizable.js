// ArrayBuffers that change their length, and views of them.
const shown = (f) => { try { return f(); } catch (error) { return error.name + ': ' + error.message; } };
const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
const whole = new Uint8Array(buffer), part = new Uint8Array(buffer, 4, 4), rest = new Uint16Array(buffer, 2), view = new DataView(buffer, 2);
const state = () => [buffer.byteLength, whole.length, part.length, part.byteOffset, rest.length, rest.byteLength, shown(() => view.byteLength)].join();
console.log(buffer.resizable, buffer.maxByteLength, state());
whole.set([1, 2, 3, 4, 5, 6, 7, 8]);
for (const length of [12, 16, 6, 2, 1, 8]) { buffer.resize(length); console.log(length, state(), whole.join()); }
console.log(shown(() => buffer.resize(17)), '|', shown(() => new ArrayBuffer(3, { maxByteLength: 2 })));
console.log(shown(() => new ArrayBuffer(3).resize(2)));
buffer.resize(2);
console.log(shown(() => part.fill(1)), part[0], 0 in part, Object.keys(part), shown(() => view.getInt8(0)));
console.log(shown(() => { for (const value of part) console.log(value); }));
buffer.resize(8);
const seen = [];
for (const value of whole) { seen.push(value); if (seen.length === 2) buffer.resize(10); }
console.log(seen.length, whole.subarray(2).length, part.subarray(1).length);
const shared = new SharedArrayBuffer(1, { maxByteLength: 4 });
shared.grow(3);
console.log(shared.growable, shared.byteLength, shared.maxByteLength, shown(() => shared.grow(2)));
const numbers = new Int8Array(2);
numbers['1.5'] = 1; numbers['-0'] = 1; numbers[5] = 1; numbers.name = 'n';
console.log(Object.keys(numbers), '1.5' in numbers, '-0' in numbers, Reflect.set(numbers, '-0', 1), Reflect.defineProperty(numbers, '9', { value: 1 }));
console.log(shown(() => Object.freeze(numbers)));
console.log(new ArrayBuffer(4).slice(1).byteLength, structuredClone(new Uint8Array([1, 2, 3])));
