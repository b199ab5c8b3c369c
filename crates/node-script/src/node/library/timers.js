'use strict';
// Timers as `util.inspect` shows them.

const { inspect } = require('util');

class Timeout {}
class Immediate {}
class TimersList {
  expiry = 0;
}

module.exports = (timer, options, after, started, callback, given, repeats, holds, order) => {
  const waits = callback !== undefined;
  const list = waits ? new TimersList() : null;
  const ids = { [Symbol('asyncId')]: order + 1, [Symbol('triggerId')]: 1 };
  const isImmediate = timer.constructor.name === 'Immediate';
  const shown = isImmediate ? Object.assign(new Immediate(), {
    _idleNext: null,
    _idlePrev: null,
    _onImmediate: callback ?? null,
    _argv: given,
    _destroyed: !waits,
    [Symbol('refed')]: waits ? holds : null,
  }, ids) : Object.assign(new Timeout(), {
    _idleTimeout: after,
    _idlePrev: list,
    _idleNext: list,
    _idleStart: started,
    _onTimeout: callback ?? null,
    _timerArgs: given,
    _repeat: repeats ? after : null,
    _destroyed: !waits,
    [Symbol('refed')]: holds,
    [Symbol('kHasPrimitive')]: false,
  }, ids);
  return inspect(shown, { ...options, depth: 0 });
};
