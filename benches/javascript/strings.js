// Building text: appending, joining, splitting, replacing, and keys that are made.
'use strict';

let total = 0;
for (let round = 0; round < 20; round++) {
  let text = '';
  for (let i = 0; i < 20000; i++) text += 'line ' + i + ': ' + (i * round) + '\n';
  total += text.length;
  const lines = text.split('\n');
  const words = {};
  for (let i = 0; i < lines.length - 1; i++) {
    const line = lines[i];
    const colon = line.indexOf(':');
    const key = 'key' + (i % 500);
    words[key] = (words[key] || 0) + colon + line.charCodeAt(colon + 2);
  }
  for (const key in words) total += words[key] & 7;
  total += lines.slice(0, 5000).map((line) => line.toUpperCase().substring(2, 30)).join('').length;
  total += JSON.stringify(lines.slice(0, 2000)).replace(/line/g, 'row').length;
}
console.log(total);
