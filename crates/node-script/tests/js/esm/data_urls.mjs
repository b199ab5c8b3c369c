// Modules whose text is in their address.
const url = 'data:text/javascript,export default 5; export const place = import.meta.url;';
const five = await import(url);
console.log(five.default, five.place, five === await import(url));
const json = await import('data:application/json,{"a":1}', { with: { type: 'json' } });
console.log(json.default);
const coded = 'data:text/javascript;base64,' + Buffer.from('export const three = 3').toString('base64');
console.log((await import(coded)).three, (await import('data:text/javascript;charset=utf-8,export%20const%20z%20%3D%20"ü"')).z);
const refused = ['data:text/css,a', 'data:,foo', 'data:text/javascript,throw new Error("in data")',
  'data:text/javascript,import "./x.js"', 'data:text/javascript,let a = ;', 'data:application/json,{"a":1}', 'data:bad'];
for (const text of refused) {
  try {
    console.log(text, await import(text));
  } catch (error) {
    console.log(text, error.name, error.code, error.message);
  }
}
