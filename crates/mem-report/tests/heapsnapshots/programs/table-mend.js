// The weak map is replaced with the requests.
let seen = new WeakMap();
let requests = [];
for (let i = 0; i < 2000; i++) {
  const request = { url: '/' + i };
  requests.push(request);
  seen.set(request, i);
}
requests = [];
seen = new WeakMap();
globalThis.isSeen = (request) => seen.has(request);
