'use strict';
// `os`: what programs ask of the system, as far as a program that is played may know it.

const { nodeError } = require('internal/errors');

const unsupported = (name) => ({
  [name]() {
    throw nodeError('ERR_NOT_SUPPORTED', `os.${name}`);
  },
})[name];

const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

module.exports = {
  EOL: '\n',
  devNull: '/dev/null',
  arch: () => process.arch,
  availableParallelism: () => 1,
  constants: require('internal/os_constants'),
  cpus: () => [],
  endianness: () => (little ? 'LE' : 'BE'),
  freemem: () => internal.systemMemory().free,
  homedir: () => process.env.HOME || '/root',
  hostname: () => process.env.HOSTNAME || 'localhost',
  loadavg: () => [0, 0, 0],
  machine: () => (process.arch === 'x64' ? 'x86_64' : process.arch),
  networkInterfaces: unsupported('networkInterfaces'),
  platform: () => process.platform,
  release: () => '',
  tmpdir: () => (process.env.TMPDIR || '/tmp').replace(/(.)\/$/, '$1'),
  totalmem: () => internal.systemMemory().total,
  type: () => ({ linux: 'Linux', darwin: 'Darwin', win32: 'Windows_NT' }[process.platform]),
  uptime: () => performance.now() / 1000,
  userInfo: unsupported('userInfo'),
  version: () => '',
};
