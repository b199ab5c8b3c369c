'use strict';
// What `performance` has beside `now`: marks and measures.

const { nodeError } = require('internal/errors');

const entries = [];

class PerformanceEntry {
  constructor(name, entryType, startTime, duration, detail = null) {
    Object.assign(this, { name, entryType, startTime, duration, detail });
  }

  toJSON() { return { ...this }; }
}
class PerformanceMark extends PerformanceEntry {}
class PerformanceMeasure extends PerformanceEntry {}

function timeOf(mark) {
  if (typeof mark === 'number') return mark;
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === `${mark}`);
  if (!found) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

const forget = (type) => (name) => {
  for (let place = entries.length - 1; place >= 0; place -= 1) {
    const entry = entries[place];
    if (entry.entryType === type && (name === undefined || entry.name === `${name}`)) entries.splice(place, 1);
  }
};

const inOrder = (list) => list.sort((one, other) => one.startTime - other.startTime);

module.exports = {
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver: class PerformanceObserver {
    constructor() {
      throw nodeError('ERR_NOT_SUPPORTED', 'PerformanceObserver');
    }
  },
  clearMarks: forget('mark'),
  clearMeasures: forget('measure'),
  eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
  getEntries: () => inOrder([...entries]),
  getEntriesByName: (name, type) => inOrder(entries.filter((entry) => entry.name === `${name}`
    && (type === undefined || entry.entryType === type))),
  getEntriesByType: (type) => inOrder(entries.filter((entry) => entry.entryType === type)),
  mark(name, options = {}) {
    const made = new PerformanceMark(`${name}`, 'mark', options.startTime ?? performance.now(), 0, options.detail);
    entries.push(made);
    return made;
  },
  measure(name, first, last) {
    const options = first !== null && typeof first === 'object' ? first : { start: first, end: last };
    const end = options.end === undefined ? performance.now() : timeOf(options.end);
    const start = options.start === undefined ? 0 : timeOf(options.start);
    const made = new PerformanceMeasure(`${name}`, 'measure', start, options.duration ?? end - start, options.detail);
    entries.push(made);
    return made;
  },
  monitorEventLoopDelay() { throw nodeError('ERR_NOT_SUPPORTED', 'monitorEventLoopDelay'); },
  timerify: (call) => call,
  toJSON: () => ({ timeOrigin: performance.timeOrigin }),
};
