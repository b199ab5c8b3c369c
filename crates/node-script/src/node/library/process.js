'use strict';
// What `process` has that programs seldom use.

const { check, nodeError } = require('internal/errors');

const unsupported = (name) => ({
  [name]() {
    throw nodeError('ERR_NOT_SUPPORTED', `process.${name}`);
  },
})[name];

let told = false;

// Node's own listener of 'warning'.
function print(warning) {
  if (internal.hasFlag('--no-warnings') || process.env.NODE_NO_WARNINGS === '1') return;
  const deprecation = warning.name === 'DeprecationWarning';
  if (deprecation && process.noDeprecation) return;
  const code = warning.code ? `[${warning.code}] ` : '';
  const trace = internal.hasFlag('--trace-warnings') || (deprecation && process.traceDeprecation);
  const head = `(${process.release.name}:${process.pid}) ${code}`;
  if (trace && warning.stack) {
    console.error(head + warning.stack);
    return;
  }
  const shown = head + (typeof warning.toString === 'function' ? warning.toString() : Error.prototype.toString.call(warning));
  const hint = deprecation ? '--trace-deprecation' : '--trace-warnings';
  console.error(told ? shown : `${shown}\n(Use \`node ${hint} ...\` to show where the warning was created)`);
  told = true;
  if (typeof warning.detail === 'string') console.error(warning.detail);
}

function emitWarning(given, options, code, constructor) {
  let [warning, type, detail, number] = [given, options, undefined, code];
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ({ type, code: number, detail } = options);
  } else if (typeof type === 'function') {
    type = undefined;
    number = undefined;
  }
  if (type !== undefined) check.string(type, 'type');
  if (typeof number === 'function') number = undefined;
  if (number !== undefined) check.string(number, 'code');
  if (typeof warning === 'string') {
    const error = new Error(warning);
    error.name = String(type || 'Warning');
    if (number !== undefined) error.code = number;
    if (detail !== undefined) error.detail = detail;
    Error.captureStackTrace(error, typeof constructor === 'function' ? constructor : emitWarning);
    warning = error;
  } else if (!(warning instanceof Error)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning' && process.throwDeprecation) {
    process.nextTick(() => { throw warning; });
    return;
  }
  process.nextTick(() => {
    print(warning);
    process.emit('warning', warning);
  });
}

let capture = null;

// What is said of rejections that nobody handles in time.
const rejections = {
  handledLate(number) {
    const warning = new Error(`Promise rejection was handled asynchronously (rejection id: ${number})`);
    warning.name = 'PromiseRejectionHandledWarning';
    warning.id = number;
    process.emitWarning(warning);
  },
  unhandled(number, reason) {
    const warning = new Error('Unhandled promise rejection. This error originated either by throwing inside of an async ' +
      'function without a catch block, or by rejecting a promise which was not handled with .catch(). To terminate the ' +
      'node process on unhandled promise rejection, use the CLI flag `--unhandled-rejections=strict` (see ' +
      `https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: ${number})`);
    warning.name = 'UnhandledPromiseRejectionWarning';
    const like = typeof reason === 'object' && reason !== null && Object.hasOwn(reason, 'stack');
    if (like) warning.stack = reason.stack;
    process.emitWarning(like ? String(reason.stack) : internal.showForError(reason), 'UnhandledPromiseRejectionWarning');
    process.emitWarning(warning);
  },
};

let mask = 0o022;

module.exports = {
  rejections,
  capture: (error) => capture(error),
  abort: unsupported('abort'),
  chdir: unsupported('chdir'),
  config: { target_defaults: { default_configuration: 'Release' }, variables: { v8_enable_i18n_support: 1 } },
  constrainedMemory: () => 0,
  emitWarning,
  features: { inspector: false, debug: false, uv: true, ipv6: true, tls: false },
  getActiveResourcesInfo: () => [],
  getBuiltinModule: (name) => {
    try {
      return require(String(name).replace(/^node:/, ''));
    } catch {
      return undefined;
    }
  },
  hasUncaughtExceptionCaptureCallback: () => capture !== null,
  kill: unsupported('kill'),
  resourceUsage() {
    const { user: userCPUTime, system: systemCPUTime } = process.cpuUsage();
    const maxRSS = Math.ceil(process.memoryUsage.rss() / 1024);
    return {
      userCPUTime, systemCPUTime, maxRSS, sharedMemorySize: 0, unsharedDataSize: 0, unsharedStackSize: 0, minorPageFault: 0,
      majorPageFault: 0, swappedOut: 0, fsRead: 0, fsWrite: 0, ipcSent: 0, ipcReceived: 0, signalsCount: 0,
      voluntaryContextSwitches: 0, involuntaryContextSwitches: 0,
    };
  },
  setUncaughtExceptionCaptureCallback(given) {
    if (given !== null) {
      if (typeof given !== 'function') throw nodeError('ERR_INVALID_ARG_TYPE', 'fn', ['Function', 'null'], given);
      if (capture !== null) throw nodeError('ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET');
    }
    capture = given;
    internal.capturesUncaught(given !== null);
  },
  umask(value) {
    const before = mask;
    if (value !== undefined) mask = typeof value === 'string' ? parseInt(value, 8) : value;
    return before;
  },
};
