'use strict';
// fs: callbacks, promises, streams, errors.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');
const log = (...given) => console.log(...given);

(async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'node-script-'));
  const file = path.join(folder, 'a.txt');
  const hide = (text) => text.replaceAll(folder, 'FOLDER');
  try {
    fs.writeFileSync(file, 'first\n');
    fs.appendFileSync(file, 'second\n');
    log(JSON.stringify(fs.readFileSync(file, 'utf8')), fs.readFileSync(file).length, fs.statSync(file).size);
    await new Promise((resolve) => {
      fs.readFile(file, { encoding: 'latin1' }, (error, text) => {
        log(error, JSON.stringify(text));
        resolve();
      });
    });
    await fs.promises.writeFile(file, Buffer.from('0123456789'));
    log(await fs.promises.readFile(file, 'utf8'), (await fs.promises.stat(file)).isFile());
    const handle = await fs.promises.open(file, 'r+');
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 2);
    log(bytesRead, String(buffer));
    await handle.write('ab', 0);
    await handle.close();
    log(fs.readFileSync(file, 'utf8'));

    const chunks = [];
    for await (const chunk of fs.createReadStream(file, { highWaterMark: 4, start: 1, end: 8 })) chunks.push(String(chunk));
    log(chunks);
    const copy = path.join(folder, 'b.txt');
    await pipeline(fs.createReadStream(file), fs.createWriteStream(copy));
    log(fs.readFileSync(copy, 'utf8'), fs.readdirSync(folder));

    const writer = fs.createWriteStream(copy, { flags: 'a', highWaterMark: 8 });
    log(writer.writableHighWaterMark, writer.pending, writer.write('12345678'), writer.writableNeedDrain);
    await new Promise((resolve) => { writer.once('drain', resolve); });
    log(writer.pending, writer.bytesWritten, path.basename(writer.path));
    await new Promise((resolve) => { writer.end('!', resolve); });
    log(fs.readFileSync(copy, 'utf8'));

    const missing = fs.createReadStream(path.join(folder, 'missing'));
    missing.on('error', (error) => log(error.code, hide(error.message), error.syscall, error.errno));
    await new Promise((resolve) => { missing.on('close', resolve); });
    await fs.promises.readFile(path.join(folder, 'missing')).catch((error) => log(error.code, hide(error.message)));
    await new Promise((resolve) => {
      fs.readFile(path.join(folder, 'missing'), (error) => {
        log('later', error.code);
        resolve();
      });
    });
    try {
      fs.readFileSync(folder);
    } catch (error) {
      log(error.code, error.message);
    }
    try {
      fs.readFile(5.5, 'utf8');
    } catch (error) {
      log(error.code, error.message);
    }
    try {
      fs.readFile({}, () => {});
    } catch (error) {
      log(error.code, error.message);
    }
    log(fs.existsSync(file), fs.existsSync(path.join(folder, 'missing')));
    fs.renameSync(copy, path.join(folder, 'c.txt'));
    fs.copyFileSync(file, copy);
    fs.truncateSync(copy, 3);
    log(fs.readFileSync(copy, 'utf8'), fs.readdirSync(folder));
    fs.unlinkSync(copy);
    fs.mkdirSync(path.join(folder, 'x/y'), { recursive: true });
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    log(entries.map((entry) => [entry.name, entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()]), entries[0].constructor.name);
    log(fs.readdirSync(folder), fs.statSync(path.join(folder, 'x')).isDirectory());
  } finally {
    fs.rmSync(folder, { recursive: true });
    log(fs.existsSync(folder));
  }
})();
