function inner(value) {
  throw new RangeError(`bad ${value}`);
}
function outer() { inner(5); }
outer();
