// Records what this Node prints of each program of programs.jsonl.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const list = path.join(__dirname, 'programs.jsonl');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'refused-'));

function recorded(kind, text) {
  const file = path.join(folder, `refused.${kind}`);
  fs.writeFileSync(file, text);
  const { stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  const lines = stderr.split('\n');
  const begin = lines.findIndex((line) => /refused\.m?js:\d+$/.test(line));
  const end = lines.findIndex((line) => line.startsWith('SyntaxError'));
  lines[begin] = lines[begin].replace(/.*:/, '');
  return lines.slice(begin, end + 1).join('\n');
}

const programs = fs.readFileSync(list, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const lines = programs.map(([kind, text]) => JSON.stringify([kind, text, recorded(kind, text)]));
fs.writeFileSync(list, lines.join('\n') + '\n');
fs.rmSync(folder, { recursive: true });
