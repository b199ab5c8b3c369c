'use strict';
// For a real Node (`cargo xtask suite --node PATH`): what the tests require becomes Node's own, as it becomes ours here.

const Module = require('module');

const replaced = new Map(JSON.parse(process.env.SUITE_REPLACED));
const resolve = Module._resolveFilename;

Module._resolveFilename = function resolveReplaced(request, parent, ...rest) {
  const isTest = parent && parent.filename && parent.filename.startsWith(process.env.SUITE_FOLDER);
  return resolve.call(this, (isTest && replaced.get(request)) || request, parent, ...rest);
};
