'use strict';
// `process.stdin`, `process.stdout` and `process.stderr`.

const Writable = internal.root('Writable');

function output(descriptor) {
  const stream = new Writable({
    decodeStrings: false,
    emitClose: false,
    write(chunk, encoding, callback) {
      const isText = typeof chunk !== 'string' || encoding === 'utf8' || encoding === 'utf-8';
      internal.print(descriptor, isText ? chunk : Buffer.from(chunk, encoding));
      callback();
    },
    destroy(error, callback) {
      callback(error);
    },
  });
  stream.fd = descriptor;
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  return stream;
}

module.exports = {
  get stdin() {
    const stream = require('fs').createReadStream(null, { fd: 0, autoClose: false });
    stream.fd = 0;
    return stream;
  },
  stdout: output(1),
  stderr: output(2),
};
