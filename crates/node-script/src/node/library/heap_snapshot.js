'use strict';
// `v8.getHeapSnapshot`: the heap as a stream of a snapshot's text, which is made at once.

const { Readable } = require('internal/stream/readable');

exports.getHeapSnapshot = function getHeapSnapshot() {
  return Readable.from([Buffer.from(internal.heapSnapshot())], { objectMode: false });
};
