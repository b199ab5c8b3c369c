export let count = 0;
export function increment() { return ++count; }
export class Later { hello() { return 'hello ' + new.target; } }
export { late };
export default 'the default';
const late = () => 'late';
export var createRequire;
