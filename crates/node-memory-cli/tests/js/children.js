const { execFileSync, spawnSync } = require('child_process');
if (process.argv[2] === 'child') {
  console.log(typeof gc, process.argv[3]);
  console.error('said');
  process.exit(3);
}
const child = spawnSync(process.execPath, ['--expose-gc', '--no-opt', __filename, 'child', 'word'], { encoding: 'utf8' });
console.log(child.status, child.signal, child.stdout.trim(), child.stderr.trim());
console.log(execFileSync(process.execPath, ['-p', '6 * 7']).toString().trim());
console.log(spawnSync('no-such-program').error.code);
try {
  execFileSync(process.execPath, [__filename, 'child'], { stdio: 'pipe' });
} catch (error) {
  console.log(error.status, error.stdout.toString().trim(), error.message.split('\n')[1]);
}
