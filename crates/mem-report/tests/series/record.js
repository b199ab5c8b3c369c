// Records the series of this directory from a real Node:
//
//   node --expose-gc --max-semi-space-size=1 record.js
//
// One file a program: a line a sample, `collections rss heapTotal heapUsed external arrayBuffers`; the
// number of collections is `-` where nobody counted them, which leaves the floor to be found.
'use strict'
const fs = require('fs')
const path = require('path')

const programs = {
  // Each request leaves one entry in a map that nothing empties.
  leak() {
    const cache = new Map()
    return round => cache.set(`request ${round}`, new Array(500).fill(round))
  },
  // A cache of at most 2000 entries, full after a third of the rounds.
  plateau() {
    const cache = new Map()
    return round => {
      for (let i = 0; i < 100; i++) {
        cache.set(round * 100 + i, { round, text: `entry ${round} ${i}` })
        if (cache.size > 2000) cache.delete(cache.keys().next().value)
      }
    }
  },
  // Requests whose memory is garbage when they are answered.
  noise() {
    return round => JSON.parse(JSON.stringify(Array.from({ length: 300 + round % 7 * 50 }, (_, i) => ({ i }))))
  },
  // Buffers that nothing drops: they grow outside the heap.
  'external-leak'() {
    const held = []
    return round => held.push(Buffer.alloc(20000, round))
  },
}

const ROUNDS = 60

function record(name, collected) {
  const work = programs[name]()
  const lines = []
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < (collected ? 1 : 8); i++) work(round * 8 + i)
    if (collected) gc()
    const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage()
    lines.push([collected ? round + 1 : '-', rss, heapTotal, heapUsed, external, arrayBuffers].join(' '))
  }
  const file = `node-${name}${collected ? '' : '-uncounted'}.txt`
  fs.writeFileSync(path.join(__dirname, file), lines.join('\n') + '\n')
}

const [, , name, collected] = process.argv
if (name) {
  record(name, collected === 'collected')
} else {
  // Each in a process of its own.
  const { execFileSync } = require('child_process')
  for (const name of Object.keys(programs)) {
    for (const how of ['collected', 'uncounted']) {
      execFileSync(process.execPath, [...process.execArgv, __filename, name, how])
    }
  }
}
