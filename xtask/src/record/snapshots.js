// node --expose-gc record.js PROGRAM OUT [SAMPLE]
// node record.js --pack ARCHIVE NAME=FILE...
//
// Runs a program and writes a heap snapshot of which only the program's part is left: the nodes that the program made, what
// they refer to, and what leads to them from a root. Node's own modules, which are nearly all of a snapshot of a small
// program, are left out. The sizes of nodes are what V8 wrote. The snapshot is of the program's end, or of its call of
// `process.memoryUsage` with the number SAMPLE, counted from 1.
//
// An archive has a snapshot a line, its name before it, and is compressed by Brotli as one: snapshots of one Node have most
// of their text in common.
'use strict';
const fs = require('fs');
const path = require('path');
const v8 = require('v8');

// One byte for each id, which is one object in the snapshots that follow.
const old = new Uint8Array(1 << 20);

function main() {
  // What Node loads for these is Node's own.
  console.log(process.memoryUsage());
  require('stream');
  clearTimeout(setTimeout(() => {}, 1));
  const [first, second, ...rest] = process.argv.slice(2);
  if (first === '--pack') pack(second, rest);
  else record(path.resolve(first), second, Number(rest[0] || 0));
}

function record(program, out, sample) {
  const write = () => fs.writeFileSync(out, neutral(JSON.stringify(strip(snapshot(out)))));
  remember(out);
  if (sample === 0) {
    require(program);
    setTimeout(() => {
      global.gc();
      setImmediate(() => {
        global.gc();
        write();
        process.exit();
      });
    }, 200);
    return;
  }
  const { memoryUsage } = process;
  let calls = 0;
  process.memoryUsage = () => {
    calls++;
    if (calls === sample) {
      write();
      process.exit();
    }
    return memoryUsage();
  };
  require(program);
}

function snapshot(out) {
  const file = v8.writeHeapSnapshot(`${out}.whole`);
  const json = JSON.parse(fs.readFileSync(file));
  fs.unlinkSync(file);
  return json;
}

// Where this Node lies is no matter of the program's.
function neutral(text) {
  return text.split(process.execPath).join('/usr/local/bin/node');
}

// The ids that are there before the program. A function of its own: no variable of a running one may hold a snapshot.
function remember(out) {
  const { snapshot: { meta }, nodes } = snapshot(out);
  const width = meta.node_fields.length;
  for (let at = meta.node_fields.indexOf('id'); at < nodes.length; at += width) old[nodes[at]] = 1;
}

function strip(whole) {
  const { meta } = whole.snapshot;
  const width = meta.node_fields.length;
  const field = Object.fromEntries(meta.node_fields.map((name, index) => [name, index]));
  const kinds = meta.edge_types[0];
  const count = whole.nodes.length / width;
  const first = [0];
  for (let node = 0; node < count; node++) {
    first.push(first[node] + whole.nodes[node * width + field.edge_count]);
  }
  const kind = (edge) => kinds[whole.edges[edge * 3]];
  const name = (edge) => whole.strings[whole.edges[edge * 3 + 1]];
  const to = (edge) => whole.edges[edge * 3 + 2] / width;
  const kindOf = (node) => meta.node_types[0][whole.nodes[node * width]];
  const nameOf = (node) => whole.strings[whole.nodes[node * width + field.name]];
  const isWay = (node) => /NativeContext|Promise(Reaction|Capability)/.test(nameOf(node));
  // The way from the root to each node: breadth first, and again through the nodes of code for what is left.
  const from = new Int32Array(count).fill(-1);
  const withoutCode = new Uint8Array(count);
  from[0] = 0;
  for (const withCode of [false, true]) {
    const queue = withCode ? [...from.keys()].filter((node) => from[node] >= 0) : [0];
    for (const node of queue) {
      for (let edge = first[node]; edge < first[node + 1]; edge++) {
        const next = to(edge);
        const isCode = ['code', 'object shape', 'hidden'].includes(kindOf(next)) && !isWay(next);
        if (from[next] >= 0 || kind(edge) === 'weak' || (isCode && !withCode)) continue;
        if (kind(edge) === 'shortcut' && node !== 0) continue;
        from[next] = node;
        withoutCode[next] = withCode ? 0 : 1;
        queue.push(next);
      }
    }
  }
  // Roots, and what stands for Node's own C++ objects, are numbered anew in each snapshot. V8's own tables, such as that of
  // all names, hang from roots.
  const isRoot = (node) => kindOf(node) === 'synthetic';
  const isNodes = (node) => isRoot(node)
    || (kindOf(node) === 'native' && nameOf(node).startsWith('Node'))
    || (kindOf(node) === 'array' && isRoot(from[node]));
  // The program's own nodes, and the ways to them, keep their edges among each other and to what they refer to.
  const ways = new Set([0]);
  const own = new Set();
  for (let node = 0; node < count; node++) {
    const isOld = old[whole.nodes[node * width + field.id]] === 1;
    if (isOld || from[node] < 0 || !withoutCode[node] || isNodes(node)) continue;
    own.add(node);
    for (let at = node; !ways.has(at); at = from[at]) ways.add(at);
  }
  // What names functions and scopes: their scripts, with the text, and the descriptions of scopes.
  // Of what leads to the program's nodes, the text is Node's.
  const naming = [...new Set([...own, ...ways])].filter((node) => kindOf(node) === 'closure' || nameOf(node) === 'system / Context');
  const isNaming = /^(shared|scope_info|name_or_scope_info|script|script_or_debug_info|source|name)$/;
  for (const node of naming) {
    for (let edge = first[node]; edge < first[node + 1]; edge++) {
      if (kind(edge) !== 'internal' || !isNaming.test(name(edge)) || ways.has(to(edge))) continue;
      if (name(edge) === 'source' && !nameOf(node).startsWith('/')) continue;
      ways.add(to(edge));
      naming.push(to(edge));
    }
  }
  const kept = new Set([...ways]);
  for (const node of own) {
    for (let edge = first[node]; edge < first[node + 1]; edge++) kept.add(to(edge));
  }
  const order = [...kept].sort((a, b) => a - b);
  const place = new Map(order.map((node, index) => [node, index]));
  const strings = [''];
  const interned = new Map([['', 0]]);
  const intern = (index) => {
    const text = whole.strings[index];
    if (!interned.has(text)) {
      interned.set(text, strings.length);
      strings.push(text);
    }
    return interned.get(text);
  };
  const nodes = [];
  const edges = [];
  for (const node of order) {
    const row = whole.nodes.slice(node * width, (node + 1) * width);
    let edgeCount = 0;
    for (let edge = first[node]; edge < first[node + 1]; edge++) {
      if (!ways.has(node) || !place.has(to(edge))) continue;
      edgeCount++;
      const isNumbered = ['element', 'hidden'].includes(kind(edge));
      const label = whole.edges[edge * 3 + 1];
      edges.push(whole.edges[edge * 3], isNumbered ? label : intern(label), place.get(to(edge)) * width);
    }
    row[field.name] = intern(row[field.name]);
    row[field.edge_count] = edgeCount;
    nodes.push(...row);
  }
  const locations = [];
  for (let at = 0; at < whole.locations.length; at += 4) {
    const node = place.get(whole.locations[at] / width);
    if (node !== undefined) locations.push(node * width, ...whole.locations.slice(at + 1, at + 4));
  }
  const head = { ...whole.snapshot, node_count: order.length, edge_count: edges.length / 3 };
  return { snapshot: head, nodes, edges, trace_function_infos: [], trace_tree: [], samples: [], locations, strings };
}

function pack(archive, named) {
  const { brotliCompressSync, constants } = require('zlib');
  const lines = named.map((pair) => {
    const at = pair.indexOf('=');
    return `${pair.slice(0, at)}\t${fs.readFileSync(pair.slice(at + 1))}\n`;
  });
  const text = Buffer.from(`node\t${process.version}\n${lines.join('')}`);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  fs.writeFileSync(archive, brotliCompressSync(text, { params }));
}

main();
