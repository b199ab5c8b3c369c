const e = new DOMException('m', 'DataCloneError');
console.log(Object.prototype.toString.call(e), Object.getOwnPropertyNames(e), Object.getOwnPropertyNames(DOMException.prototype), Object.getOwnPropertyNames(DOMException));
console.log(Object.getOwnPropertyDescriptor(DOMException.prototype, 'name'), Object.getOwnPropertyDescriptor(DOMException.prototype, 'ABORT_ERR'), Object.getOwnPropertyDescriptor(DOMException.prototype, Symbol.toStringTag), Object.getOwnPropertyDescriptor(DOMException, 'DATA_CLONE_ERR'));
console.log(e.name, e.message, e.code, String(e), require('util').types.isNativeError(e), DOMException.length);
console.log(Object.keys(DOMException).map((k) => [k, DOMException[k]]).join(' '));
for (const n of ['IndexSizeError','HierarchyRequestError','WrongDocumentError','InvalidCharacterError','NoModificationAllowedError','NotFoundError','NotSupportedError','InUseAttributeError','InvalidStateError','SyntaxError','InvalidModificationError','NamespaceError','InvalidAccessError','TypeMismatchError','SecurityError','NetworkError','AbortError','URLMismatchError','QuotaExceededError','TimeoutError','InvalidNodeTypeError','DataCloneError','EncodingError','toString','Error']) console.log(n, new DOMException('', n).code);
try { DOMException('x') } catch (e) { console.log(e.name, e.code, e.message); }
class My extends DOMException { constructor() { super('a', 'B'); this.x = 1; } }
console.log(new My().name, new My() instanceof My, new My().x, Object.prototype.toString.call(new My()));
console.log(require('util').inspect(e).split('\n')[0]);
e.extra = 1; console.log(require('util').inspect(e).split('\n').filter((l) => !/^    at/.test(l)));
console.log(Object.getPrototypeOf(DOMException) === Function.prototype, Object.getPrototypeOf(DOMException.prototype) === Error.prototype);

console.log(String(new DOMException()), new DOMException(undefined, undefined).name, new DOMException(5, null).name, new DOMException('x', { name: 'Q', cause: 7 }).cause, 'cause' in new DOMException('x', { name: 'Q' }));
const o = { get name() { return 'N'; }, get message() { return 'M'; } }; Error.captureStackTrace(o); console.log(o.stack.split('\n')[0]);
const f = new Error('a'); Object.defineProperty(f, 'message', { get() { return 'got'; } }); console.log(f.stack.split('\n')[0]);
class Q extends Error { get name() { return 'Q' + this.message; } } console.log(new Q('z').stack.split('\n')[0]);
