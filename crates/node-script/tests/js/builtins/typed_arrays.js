const show = (f) => { try { console.log(String(f())); } catch (e) { console.log(e.name + ': ' + e.message); } };
for (const T of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]) {
  show(() => { const a = new T([1.5, -1, 300, 70000, 1e10, NaN, Infinity]); return T.name + ' ' + T.BYTES_PER_ELEMENT + ' ' + a.join() + ' ' + a.byteLength + ' ' + a.length; });
}
show(() => new BigInt64Array([-1n, 2n ** 63n]).join()); show(() => new BigUint64Array([-1n, 5n]).join());
show(() => new BigInt64Array([1])); show(() => new Uint8Array([1n])); show(() => new BigInt64Array(2)[0] === 0n);
const b = new ArrayBuffer(16); const u8 = new Uint8Array(b), f64 = new Float64Array(b, 8, 1);
f64[0] = Math.PI; show(() => u8.join()); show(() => f64.byteOffset + ' ' + f64.buffer.byteLength + ' ' + (f64.buffer === b));
show(() => { u8[100] = 1; return u8[100] + ' ' + (100 in u8) + ' ' + (3 in u8) + Object.keys(new Uint8Array(3)); });
show(() => u8.subarray(8, 10).byteOffset + ' ' + u8.subarray(-2).length + ' ' + u8.slice(8, 12).join());
show(() => { const s = new Uint8Array([1, 2, 3]); const t = s.subarray(1); t[0] = 9; return s.join() + ' ' + s.buffer.byteLength; });
show(() => Uint8Array.of(1, 2, 3).map((x) => x * 100).join()); show(() => Int16Array.from('123', (x) => x * 2).join());
show(() => new Float64Array([3, NaN, -0, 0, 1]).sort().join() + ' ' + Object.is(new Float64Array([0, -0]).sort()[0], -0));
show(() => new Int8Array([5, 1, 4]).sort((a, b) => b - a).join()); show(() => new Int8Array([5, 1, 4]).toSorted().join());
show(() => { const t = new Uint8Array(5); t.set([1, 2], 3); return t.join(); }); show(() => new Uint8Array(2).set([1, 2, 3]));
show(() => { const t = new Uint8Array([1, 2, 3, 4]); t.set(t.subarray(0, 3), 1); return t.join(); });
show(() => new Uint8Array(4).fill(7, 1, 3).join()); show(() => new Uint8Array([1, 2, 3, 4, 5]).copyWithin(0, 3).join());
show(() => [...new Uint8Array([1, 2]).entries()].join(';')); show(() => new Uint8Array([1, 2, 3]).filter((x) => x > 1).constructor.name);
show(() => new Uint8Array([1, 2, 3]).reduce((a, c) => a + c) + ' ' + new Uint8Array([1, 2, 3]).indexOf(2) + new Uint8Array([1]).includes(1) + new Uint8Array([1, 2]).at(-1));
show(() => Object.prototype.toString.call(new Uint8Array()) + Object.prototype.toString.call(b));
show(() => new Uint8Array(-1)); show(() => new Uint16Array(new ArrayBuffer(3))); show(() => new Uint16Array(new ArrayBuffer(4), 1)); show(() => new Uint16Array(new ArrayBuffer(4), 0, 8)); show(() => Uint8Array(1));
show(() => Object.getPrototypeOf(Uint8Array)()); show(() => Uint8Array.prototype.length); show(() => Uint8Array.__proto__.name + Object.getOwnPropertyNames(Uint8Array.prototype));
show(() => ArrayBuffer.isView(u8) + ' ' + ArrayBuffer.isView(b) + ' ' + b.slice(8).byteLength); show(() => new ArrayBuffer(-1)); show(() => ArrayBuffer(1));
const v = new DataView(new ArrayBuffer(16), 4); v.setInt16(0, -2); v.setFloat32(4, 1.5, true); v.setBigUint64(2, 2n ** 64n - 1n);
show(() => v.getUint16(0) + ' ' + v.getInt8(1) + ' ' + v.getFloat32(4, true) + ' ' + v.getBigInt64(2) + ' ' + v.byteLength + v.byteOffset);
show(() => v.getInt32(10)); show(() => new DataView(1)); show(() => new DataView(new ArrayBuffer(4), 5)); show(() => new DataView(new ArrayBuffer(4), 1, 5)); show(() => v.getInt8(-1));
show(() => new SharedArrayBuffer(8).byteLength);
class Sub extends Uint8Array { twice() { return this.map((x) => x * 2); } } show(() => new Sub([1, 2]).twice() instanceof Sub);
show(() => { const x = new Uint8Array(8); x.foo = 1; x[1] = 5; return x.foo + x[1] + JSON.stringify(x); });
