// Errors as console.log prints them.
Error.stackTraceLimit = 1;
const util = require('util');
const show = (value) => console.log(util.inspect(value).split(__dirname).join('.'));
function make(message) { return new Error(message); }
show(make('plain'));
show(new TypeError('type'));
show([make('inside')]);
show({ e: make('deeper') });
class Custom extends Error { constructor(m) { super(m); this.name = 'Custom'; this.extra = 1; } } show(new Custom('own name'));
class SomeError extends Error {} show(new SomeError('class name'));
class Odd extends Error {} show(new Odd('no suffix'));
show(Object.assign(make('with code'), { code: 'E_CODE', list: [1] }));
show(Object.assign(make('no stack'), { stack: undefined }));
const e = make('text stack'); e.stack = 'just text'; show(e);
const renamed = make('renamed'); renamed.name = 'Renamed'; show(renamed);
const late = make('before'); late.message = 'after'; show(late);
const none = new Error(''); show(none);
function inner() { return new Error('the cause'); }
function outer() { return new Error('outer', { cause: inner() }); } show(outer());
show(new Error('text cause', { cause: 'why' }));
show(new AggregateError([new Error('one')], 'many'));
Error.stackTraceLimit = 0; show(make('no frames')); show({ e: make('no frames') });
