exports.name = 'one'; exports.two = require('./two'); exports.done = true;
