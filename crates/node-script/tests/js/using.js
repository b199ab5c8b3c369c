'use strict';
// `using` is a name.

function using(resource, { using: other = 1 } = {}) {
  return [resource, other, 'using', `using ${other}`, /using/.source];
}
const object = { using, 'using x': 2, get of() { return this.using; } };
console.log(using(1), object.using(2, { using: 3 }), object, using.name, String(using).length);
console.log('using' in object, using instanceof Function, object.of === using);
class Using {
  #using = 4;
  using() { return this.#using; }
  static { this.using = 5; }
}
console.log(new Using().using(), Using.using, Object.getOwnPropertyNames(Using.prototype));
console.log(new Function('using', 'return using + 1')(1), eval('var using = 7; using'), typeof using);
using: for (const key in { using: 1 }) { console.log(key); continue using; }
try { eval('using using'); } catch (error) { console.log(error.name); }
try { eval('using + ;'); } catch (error) { console.log(error.message); }
try { eval('(function () { let using = 1; let using = 2 })'); } catch (error) { console.log(error.message); }
try { null.using; } catch (error) { console.log(error.message); }
