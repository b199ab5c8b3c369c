'use strict';
// console, util, url, encodings, string_decoder, os and path as programs use them.
const util = require('util');
const { StringDecoder } = require('string_decoder');
const log = (...given) => console.log(...given);

console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.table([[1, 2], [3, 4]]);
console.table(new Map([['a', 1], ['b', { x: 1 }]]));
console.table(new Set([1]));
console.table([1, 2, 'x']);
console.table(5);
console.table([{ a: 1, b: 2 }], ['b']);
console.table({ r1: { c: 1 }, r2: { c: { d: 1 } } });
console.dirxml({ a: 1 }, [2]);
console.group('G', 'x');
console.info('in\nside');
console.groupEnd();
console.assert(true);
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.count();
console.count('x');
console.countReset();
console.count();
log('%s is %d and %i %f %j %o %O %c%%', 'a', 1.5, 1.5, '2.5', { a: 1 }, [1], { b: 2 }, 'css', 'rest');

log(util.isDeepStrictEqual({ a: [1, new Map([[1, { x: 2 }]])] }, { a: [1, new Map([[1, { x: 2 }]])] }));
log(util.isDeepStrictEqual(new Set([{ a: 1 }]), new Set([{ a: 2 }])), util.isDeepStrictEqual([1, , 2], [1, undefined, 2]));
log(util.types.isPromise(Promise.resolve()), util.types.isRegExp(/x/), util.types.isBoxedPrimitive(Object(1n)), util.types.isUint8Array(Buffer.alloc(1)));
function Old() {}
function New() {}
util.inherits(New, Old);
log(new New() instanceof Old, New.super_ === Old);
(async () => {
  const wait = util.promisify(setTimeout);
  await wait(1);
  const add = util.promisify((a, b, callback) => callback(null, a + b));
  log(await add(1, 2), add.length);
  await util.promisify((callback) => callback(new Error('failed')))().catch((error) => log(error.message));
  util.callbackify(async (x) => x * 2)(4, (error, value) => log(error, value));
  util.callbackify(async () => { throw null; })((error) => log(error.message, error.code));
})();

const url = new URL('https://user:pass@example.com:8080/p/a/t/h?query=string#hash');
log(url);
log(url.href, url.origin, url.host, url.port, url.search, url.searchParams.get('query'));
url.searchParams.append('more', 'a b&c');
url.pathname = '/x y';
url.hash = '';
log(String(url), JSON.stringify({ url }));
log(new URL('../b?x#y', 'http://h/a/c/d').href, URL.canParse('nothing'));
try {
  new URL('nothing');
} catch (error) {
  log(error.code, error.message, error.input, error instanceof TypeError);
}
const params = new URLSearchParams('a=1&b=2&a=3&c=%C3%A4+x');
log(params, params.getAll('a'), params.has('b'), params.get('c'), String(params), [...params.keys()], params.size);
params.sort();
params.delete('a');
params.set('b', 'é');
log(String(params), String(new URLSearchParams({ x: 1, y: 'z' })), String(new URLSearchParams([['q', '*-._~']])));
const { fileURLToPath, pathToFileURL } = require('url');
log(fileURLToPath('file:///a%20b/c'), pathToFileURL('/x/y z#').href);

log(new TextEncoder().encode('aé€😀'), new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac])));
const decoder = new TextDecoder('utf-8');
log(decoder.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + decoder.decode(new Uint8Array([0xac])), decoder.encoding);
try {
  new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff]));
} catch (error) {
  log(error.code, error.message);
}
log(btoa('hello'), atob('aGVsbG8='), new TextEncoder().encodeInto('a€', new Uint8Array(3)));

const parts = new StringDecoder('utf8');
log(parts.write(Buffer.from([0xe2])) + parts.write(Buffer.from([0x82, 0xac, 0x41])), JSON.stringify(parts.end(Buffer.from([0xc3]))));
const pairs = new StringDecoder('base64');
log(pairs.write(Buffer.from('a')), pairs.write(Buffer.from('bcd')), pairs.end());
log(new StringDecoder('utf16le').write(Buffer.from([0x61, 0, 0x3d])), require('os').EOL === '\n', require('os').endianness());
log(require('vm').runInThisContext('1 + 1'), require('vm').runInNewContext('a + 1', { a: 2 }));
process.stdout.write('written\n', () => log('callback'));
log(process.stdout.writable, process.stdout.fd, typeof process.stdout.on, process.umask().toString(8));
const map = new Map([[1, 2], ['a', { b: 1 }]]);
const keys = map.keys();
keys.next();
log(map.entries(), map.keys(), keys, map.values(), new Set([5, 6]).values(), new Set([5]).entries(), keys.next());
const blur = (value) => util.inspect(value).replace(/(_idleStart|asyncId\)\]|triggerId\)\]): \d+/g, '$1: #');
const timer = setTimeout(function later() {}, 5, 1, 2);
log(blur(timer));
clearTimeout(timer);
log(blur(timer).split('\n').length, blur(setImmediate(() => {})), blur([setInterval(() => {}, 9).unref()]));
performance.mark('a');
log(performance.measure('m', 'a').name, performance.getEntriesByType('mark').length, Object.create(Error.prototype));
(async () => {
  const { text, json, buffer } = require('stream/consumers');
  const { Readable, Writable } = require('stream');
  log(await text(Readable.from(['a', 'b'])), await json(Readable.from(['{"a":', '1}'])), await buffer(Readable.from([Buffer.from('x')])));
  const capturing = new Writable({ captureRejections: true, write(chunk, encoding, callback) { callback(); } });
  capturing.on('drained', async () => { throw new Error('rejected'); });
  capturing.on('error', (error) => log('captured', error.message, capturing.destroyed));
  capturing.emit('drained');
})();
const blurKeys = (value) => util.inspect(value).replace(/\n\s*at .*/g, '');
{
  const { Writable, Readable, Duplex } = require('stream');
  const written = new Writable({ write() {} });
  log(written);
  written.write('x');
  written.write('y', () => {});
  log(written._writableState);
  const read = new Readable({ objectMode: true, read() {} });
  log(read);
  read.push(1);
  read.on('data', () => {});
  log(read._readableState, new Readable({ encoding: 'utf8' })._readableState.encoding);
  const failed = new Readable({ read() {} });
  failed.on('error', () => {});
  failed.destroy(new Error('x'));
  log(blurKeys(failed._readableState), failed.readableFlowing, failed.isPaused());
  log(Object.keys(new Duplex({})._readableState));
}
