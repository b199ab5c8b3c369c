'use strict';
// node -r ./interpreted.js growth.js: records without V8's compilers, which allocate in the old space what survives.
const child = require('child_process');
const { spawnSync } = child;
child.spawnSync = (program, words, options) =>
  spawnSync(program, ['--no-opt', '--no-sparkplug', '--no-maglev', ...words], options);
