// What starting costs.
console.log('hello');
