'use strict';
// `constants`: those of `os` and `fs` in one object.

const { constants } = require('os');

module.exports = Object.freeze(Object.assign(
  {}, constants.dlopen, constants.errno, constants.priority, constants.signals, require('fs').constants));
