// Texts of URIs and of numbers.
const shown = (f) => { try { return f(); } catch (error) { return error.name + ': ' + error.message; } };
const text = 'a b;/?:@&=+$,#-_.!~*\'()äß€😀%';
console.log(encodeURI(text));
console.log(encodeURIComponent(text));
console.log(decodeURIComponent(encodeURIComponent(text)) === text, decodeURI('%41%23%2F%C3%A4'), decodeURIComponent('%23'));
for (const bad of ['%', '%4', '%zz', '%80', '%C3', '%C3%28', '%ED%A0%80', '%F8%80%80%80%80']) console.log(bad, shown(() => decodeURI(bad)));
console.log(shown(() => encodeURI('\ud800')));
console.log(escape('a b+ä€'), unescape('%u20AC%E4%zz%u12'));
for (const number of [0, -0, 1, 1.5, 2.5, -1.255, 123.456, 0.000001, 1e-7, 1e21, 1.7976931348623157e308, 5e-324, NaN, Infinity]) {
  console.log(number.toPrecision(1), number.toPrecision(3), number.toPrecision(21), number.toExponential(), number.toExponential(0), number.toExponential(5));
}
console.log(shown(() => (1).toPrecision(0)), shown(() => (1).toExponential(101)), (25).toExponential(0), (0.5).toPrecision(1));
console.log((1234567.891).toLocaleString(), (-0.5).toLocaleString(), (1e6).toLocaleString(), NaN.toLocaleString());
console.log(Number.prototype.valueOf(), Boolean.prototype.valueOf(), Object.prototype.toString.call(Number.prototype));
