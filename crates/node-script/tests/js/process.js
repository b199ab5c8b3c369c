// process, v8, path, fs and modules, as far as they are the same everywhere.
console.log(process.argv.length, typeof process.argv[0], process.argv[1] === __filename, process.execArgv);
console.log(process.version, process.versions.v8, process.versions.node, process.platform, process.arch, process.release.name);
console.log(typeof process.pid, process.cwd() === require('path').resolve('.'), process.env.PATH === undefined, process.env.NO_SUCH_NAME, process.title);
console.log(Object.keys(process.memoryUsage()), typeof process.memoryUsage.rss(), typeof process.uptime(), process.hrtime().length, typeof process.hrtime.bigint(), process.hrtime([0, 0]).length);
console.log(process.stdout.write('written\n'), process.stdout.fd, process.stderr.fd, String(process), process.exitCode);
const v8 = require('v8');
console.log(Object.keys(v8.getHeapStatistics()).join(), v8.getHeapSpaceStatistics().map((s) => s.space_name).join(), Object.keys(v8.getHeapSpaceStatistics()[0]).join());
const path = require('node:path');
console.log(path.join('/a', '..', 'b', './c'), path.join(''), path.join('a', '', 'b/'), path.resolve('/a', 'b', '../c'), path.normalize('/a//b/../c/.'), path.dirname('/a/b/c.js'), path.dirname('c'), path.dirname('/'));
console.log(path.basename('/a/b.js'), path.basename('/a/b.js', '.js'), path.basename('.js', '.js'), path.extname('a.b.c'), path.extname('.bashrc'), path.extname('a.'), path.isAbsolute('/a'), path.relative('/a/b/c', '/a/d'), path.sep, path.delimiter);
console.log(path.parse('/home/user/file.txt'), path.parse('file'));
try { path.join(5); } catch (e) { console.log(e.code, e.message); }
const fs = require('fs'), file = path.join(require('process').env.TMPDIR || '/tmp', 'node-script-' + process.pid + '.txt');
fs.writeFileSync(file, 'héllo'); fs.appendFileSync(file, ' more'); console.log(fs.readFileSync(file, 'utf8'), fs.readFileSync(file, { encoding: 'utf8' }).length, fs.existsSync(file), fs.statSync(file).size);
const fd = fs.openSync(file, 'w'); console.log(fs.writeSync(fd, 'by descriptor')); fs.closeSync(fd); console.log(fs.readFileSync(file, 'utf-8')); fs.unlinkSync(file); console.log(fs.existsSync(file));
for (const f of [() => fs.readFileSync('/no/such/file'), () => fs.readdirSync('/no/such'), () => fs.unlinkSync('/no/such')]) { try { f(); } catch (e) { console.log(e.message, e.code, e.errno, e.syscall, e.path); } }
console.log(require.main === module, module.id, module.filename === __filename, module.loaded, typeof module.exports, __dirname === path.dirname(__filename), this === module.exports);
try { require('./no-such-module'); } catch (e) { console.log(e.code, e.message.split('\n').length, e.requireStack.length); }
console.log(require('./modules/one'), require('./modules/data.json'), require('./modules/one') === require('./modules/one.js'));
try { require(5); } catch (e) { console.log(e.code, e.message); }
try { require('./modules/broken'); } catch (e) { console.log(e.name, e.message); }
console.log(typeof performance.now(), typeof require('perf_hooks').performance.timeOrigin, typeof gc);

// The processor's time, and what of it is new.
for (const before of [1, 'x', null, {}, { user: 1 }, { user: 'x', system: 1 }, { user: -1, system: 1 }, { user: 1, system: NaN }, [], undefined]) {
  try {
    const usage = process.cpuUsage(before);
    console.log(Object.keys(usage), usage.user >= 0);
  } catch (error) {
    console.log(String(error));
  }
}
const far = process.cpuUsage({ user: 1e15, system: 1e15 });
console.log(far.user < 0, far.system < 0, Object.keys(process.resourceUsage()));
