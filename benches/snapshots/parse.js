// node parse.js FILE: the time that JSON.parse takes for a heap snapshot, without which no program in JavaScript has it.
'use strict';
const fs = require('fs');

const start = process.cpuUsage();
const snapshot = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { user, system } = process.cpuUsage(start);
const { node_fields: fields } = snapshot.snapshot.meta;
let total = 0;
for (let at = fields.indexOf('self_size'); at < snapshot.nodes.length; at += fields.length) total += snapshot.nodes[at];
console.log(`load ${(user + system) / 1e6}`);
console.log(`result ${total}`);
