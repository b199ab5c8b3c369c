// A weak map whose keys are gone, but which has not been written to since.
const seen = new WeakMap();
let requests = [];
for (let i = 0; i < 2000; i++) {
  const request = { url: '/' + i };
  requests.push(request);
  seen.set(request, i);
}
requests = [];
globalThis.isSeen = (request) => seen.has(request);
