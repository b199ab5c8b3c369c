const EventEmitter = require('events');
const database = new EventEmitter();
database.setMaxListeners(0);
class Page {
  constructor() {
    this.rows = new Array(1000).fill(0);
    this.onChange = () => this.rows.length;
    database.on('change', this.onChange);
  }
  close() {
    database.removeListener('change', this.onChange);
  }
}
global.gc();
console.log(process.memoryUsage());
// The pages are dropped, but the database knows their listeners.
for (let i = 0; i < 200; i++) new Page();
global.gc();
console.log(process.memoryUsage());
database.removeAllListeners('change');
global.gc();
console.log(process.memoryUsage());
// The mend: each page removes its listener.
for (let i = 0; i < 200; i++) new Page().close();
global.gc();
console.log(process.memoryUsage());
