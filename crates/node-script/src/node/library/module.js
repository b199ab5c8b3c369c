'use strict';
// `module`: the loader of CommonJS files, as far as programs change it. It takes over from the engine's own when it is first
// asked for, or when the text of a file names what only it has: `require.cache`, `module.children` and their like.

const path = require('path');
const { check, nodeError } = require('internal/errors');

const engine = internal.loader;
const PARENT = Symbol('parent');

const BUILTIN = ('_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex ' +
  '_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap assert ' +
  'assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns ' +
  'dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path path/posix ' +
  'path/win32 perf_hooks process punycode querystring readline readline/promises repl stream stream/consumers ' +
  'stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm ' +
  'wasi worker_threads zlib').split(' ');

function bare(name) {
  return name.startsWith('node:') ? name.slice(5) : name;
}

function isBuiltin(name) {
  return BUILTIN.includes(name) || (name.startsWith('node:') && (BUILTIN.includes(bare(name)) || bare(name) === 'test'));
}

function adopt(parent, child, unlessThere) {
  const children = parent?.children;
  if (children && !(unlessThere && children.includes(child))) children.push(child);
}

function Module(id = '', parent = undefined) {
  this.id = id;
  this.path = path.dirname(id);
  this.exports = {};
  Object.defineProperty(this, PARENT, { value: parent, writable: true, configurable: true });
  adopt(parent, this, false);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

Module._cache = Object.create(null);
Module._pathCache = Object.create(null);
Module._extensions = Object.create(null);
Module.globalPaths = [];
Module._debug = () => {};
Module.isBuiltin = isBuiltin;

function nodeModulePaths(from) {
  const paths = [];
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') paths.push(path.join(folder, 'node_modules'));
    if (folder === path.dirname(folder)) return paths;
  }
}

Module._nodeModulePaths = nodeModulePaths;

function isRelative(request) {
  return /^\.\.?(\/|$)/.test(request);
}

Module._resolveLookupPaths = function (request, parent) {
  if (isBuiltin(request)) return null;
  if (!isRelative(request)) {
    const paths = [...(parent?.paths ?? []), ...Module.globalPaths];
    return paths.length ? paths : null;
  }
  return [parent?.filename ? path.dirname(parent.filename) : '.'];
};

// The file that a path stands for by the extensions that the program has added.
function withExtension(place) {
  const added = Object.keys(Module._extensions).filter((end) => !['.js', '.json', '.node'].includes(end));
  for (const end of added) {
    for (const file of [place + end, path.join(place, `index${end}`)]) {
      if (engine.isFile(file)) return file;
    }
  }
  return undefined;
}

function found(request, folder, requirers = []) {
  try {
    return engine.find(request, folder, requirers);
  } catch (error) {
    if (error?.code !== 'MODULE_NOT_FOUND') throw error;
    return undefined;
  }
}

Module._findPath = function (request, paths) {
  const places = path.isAbsolute(request) ? [''] : paths ?? [];
  for (const place of places) {
    const whole = path.resolve(place, request);
    const file = found(whole, '/') ?? withExtension(whole);
    if (file) return file;
  }
  return false;
};

function requirers(parent) {
  const stack = [];
  for (let module = parent; module && !stack.includes(module); module = module[PARENT]) stack.push(module);
  return stack.map((module) => module.filename || module.id);
}

Module._resolveFilename = function (request, parent, isMain = false, options = undefined) {
  if (request.startsWith('node:') || isBuiltin(request)) {
    if (!engine.refuses(request)) return request;
  }
  if (typeof options === 'object' && options !== null && options.paths !== undefined) {
    if (!Array.isArray(options.paths)) throw nodeError('ERR_INVALID_ARG_VALUE', 'options.paths', options.paths);
    for (const place of options.paths) {
      const file = found(request, path.resolve(place)) ??
        (isRelative(request) ? withExtension(path.resolve(place, request)) : undefined);
      if (file) return file;
    }
    return engine.find(request, undefined, requirers(parent));
  }
  const folder = parent?.filename ? path.dirname(parent.filename) : parent?.path ?? process.cwd();
  const known = nodeModulePaths(folder);
  const added = isRelative(request) || path.isAbsolute(request) ? [] :
    [...(parent?.paths ?? []).filter((place) => !known.includes(place)), ...Module.globalPaths];
  let file = found(request, folder, requirers(parent));
  if (file === undefined && (isRelative(request) || path.isAbsolute(request))) {
    file = withExtension(path.resolve(folder, request));
  }
  if (file === undefined && added.length) file = Module._findPath(request, added) || undefined;
  return file ?? engine.find(request, folder, requirers(parent));
};

Module._load = function (request, parent, isMain) {
  if (request.startsWith('node:')) return engine.builtin(request);
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    adopt(parent, cached, true);
    // A module that is at work is refused.
    if (!cached.loaded && engine.isEsm(filename)) return engine.esm(filename, parent?.filename ?? '');
    return cached.exports;
  }
  if (isBuiltin(filename)) return engine.builtin(filename);
  const module = new Module(filename, parent);
  return begin(module, filename, parent, () => module.load(filename)).exports;
};

function begin(module, filename, parent, load) {
  Module._cache[filename] = module;
  let ended = false;
  try {
    load();
    ended = true;
  } finally {
    if (!ended) {
      delete Module._cache[filename];
      const place = parent?.children?.indexOf(module) ?? -1;
      if (place >= 0) parent.children.splice(place, 1);
    }
  }
  return module;
}

function extensionOf(filename) {
  const name = path.basename(filename);
  for (let at = name.indexOf('.', 1); at > 0; at = name.indexOf('.', at + 1)) {
    if (Module._extensions[name.slice(at)]) return name.slice(at);
  }
  return '.js';
}

Object.defineProperties(Module.prototype, {
  isPreloading: { get: () => false, configurable: true, enumerable: true },
  parent: {
    get() { return this[PARENT]; },
    set(value) { this[PARENT] = value; },
    configurable: true,
    enumerable: true,
  },
});

Module.prototype.load = function (filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(path.dirname(filename));
  Module._extensions[extensionOf(filename)](this, filename);
  this.loaded = true;
};

Module.prototype.require = function (id) {
  check.string(id, 'id');
  if (id === '') throw nodeError('ERR_INVALID_ARG_VALUE', 'id', id, 'must be a non-empty string');
  return Module._load(id, this, false);
};

Module.prototype._compile = function (content, filename) {
  return compile(this, content, filename, false);
};

function compile(module, content, filename, isMain) {
  const run = engine.compile(filename, String(content), isMain);
  if (run === undefined) {
    module.exports = engine.esm(filename, module[PARENT]?.filename ?? '');
    return undefined;
  }
  engine.enter(filename);
  try {
    return run.call(module.exports, module.exports, requireOf(module), module, filename, path.dirname(filename));
  } finally {
    engine.leave();
  }
}

function requireOf(module) {
  function require(path) {
    return module.require(path);
  }
  function resolve(request, options) {
    check.string(request, 'request');
    return Module._resolveFilename(request, module, false, options);
  }
  require.resolve = resolve;
  resolve.paths = function paths(request) {
    check.string(request, 'request');
    return Module._resolveLookupPaths(request, module);
  };
  require.main = main;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

Module._extensions['.js'] = function (module, filename) {
  if (engine.isEsm(filename)) {
    module.exports = engine.esm(filename, module[PARENT]?.filename ?? '');
  } else {
    module._compile(engine.read(filename), filename);
  }
};

Module._extensions['.json'] = function (module, filename) {
  module.exports = engine.json(filename);
};

Module._extensions['.node'] = function (module, filename) {
  return engine.addon(filename);
};

Module.createRequire = function createRequire(filename) {
  const url = require('url');
  let file = filename;
  if (filename instanceof url.URL || (typeof filename === 'string' && !path.isAbsolute(filename))) {
    try {
      file = url.fileURLToPath(filename);
    } catch {
      file = undefined;
    }
  }
  if (typeof file !== 'string') {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'filename', filename,
      'must be a file URL object, file URL string, or absolute path string');
  }
  if (file.endsWith('/')) file = path.join(file, 'noop.js');
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(module.path);
  return requireOf(module);
};

const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];

Module.wrap = (script) => WRAPPER[0] + script + WRAPPER[1];
Module.wrapper = WRAPPER;
Module._initPaths = () => {};
Module._preloadModules = () => {};
Module.syncBuiltinESMExports = () => {};
Module.findSourceMap = () => undefined;
Module.register = () => {
  throw nodeError('ERR_NOT_SUPPORTED', 'module.register()');
};
Module.runMain = (main = process.argv[1]) => Module._load(main, null, true);
Module.builtinModules = BUILTIN;
Module.Module = Module;
module.exports = Module;

// The module whose `require` the engine has made: one of a folder.
function moduleIn(folder) {
  const filename = path.join(folder, 'noop.js');
  return Object.values(Module._cache).find((known) => known.path === folder) ??
    Object.assign(new Module(filename), { filename, paths: Module._nodeModulePaths(folder) });
}

// What the engine has loaded so far, with who has required it first.
let main = engine.main();
let preloading;

for (const [filename, known, parent] of engine.takeOver({
  load(request, folder) {
    return Module._load(request, folder ? moduleIn(folder) : undefined, false);
  },
  resolve(request, folder, options) {
    return Module._resolveFilename(request, moduleIn(folder), false, options);
  },
  // A module that is no file, whose parts are global variables.
  evaluate(name) {
    const module = new Module(name);
    module.filename = path.join(process.cwd(), name);
    module.paths = Module._nodeModulePaths(process.cwd());
    const global = { __filename: name, module, exports: module.exports, __dirname: '.', require: requireOf(module) };
    for (const name in global) {
      Object.defineProperty(globalThis, name, { value: global[name], writable: true, enumerable: true, configurable: true });
    }
  },
  // Node's modules are global variables.
  builtins() {
    for (const builtin of BUILTIN) {
      if (/^_|\//.test(builtin) || engine.refuses(builtin) || Object.hasOwn(globalThis, builtin)) continue;
      const settle = (value) => Object.defineProperty(globalThis, builtin, {
        value, writable: true, enumerable: false, configurable: true,
      });
      Object.defineProperty(globalThis, builtin, {
        get() {
          const value = engine.builtin(builtin);
          settle(value);
          return value;
        },
        set: settle, enumerable: false, configurable: true,
      });
    }
  },
  // What is required before a program.
  preload(name) {
    preloading ??= Object.assign(new Module('internal/preload', null), {
      path: process.cwd(), paths: Module._nodeModulePaths(process.cwd()),
    });
    preloading.require(name);
  },
  run(filename, text) {
    main = new Module(filename, null);
    main.id = '.';
    engine.setMain(main);
    main.filename = filename;
    main.paths = Module._nodeModulePaths(main.path);
    begin(main, filename, null, () => {
      if (extensionOf(filename) === '.json') main.exports = JSON.parse(text);
      else compile(main, text, filename, true);
      main.loaded = true;
    });
    return main;
  },
})) {
  Object.setPrototypeOf(known, Module.prototype);
  known.path = path.dirname(filename);
  known.children = [];
  known.paths = Module._nodeModulePaths(known.path);
  Object.defineProperty(known, PARENT, {
    value: Module._cache[parent] ?? (known === main ? null : undefined), writable: true, configurable: true,
  });
  adopt(Module._cache[parent], known, true);
  Module._cache[filename] = known;
}
