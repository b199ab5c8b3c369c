// Objects with many properties: read, written, added, copied, deleted, by name and by key; methods along a chain.
'use strict';

class Shape {
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.scale = 1;
    this.color = 'red';
    this.visible = true;
  }
  area() { return 0; }
  moved(dx, dy) {
    this.x += dx;
    this.y += dy;
    return this;
  }
}
class Rectangle extends Shape {
  constructor(x, y, width, height) {
    super(x, y);
    this.width = width;
    this.height = height;
  }
  area() { return this.width * this.height * this.scale; }
}
class Circle extends Shape {
  constructor(x, y, radius) {
    super(x, y);
    this.radius = radius;
  }
  area() { return 3 * this.radius * this.radius * this.scale; }
  get diameter() { return 2 * this.radius; }
}

let sum = 0;
for (let i = 0; i < 150000; i++) {
  const shapes = [new Rectangle(i, 1, 3, 4), new Circle(1, i, 2)];
  for (const shape of shapes) sum += shape.moved(1, 2).area() + shape.x;
  sum += shapes[1].diameter;
  const copy = { ...shapes[0], label: 'copy', depth: i };
  copy.extra = copy.depth + copy.width;
  sum += copy.extra % 7;
}
const keys = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
for (let i = 0; i < 100000; i++) {
  const record = {};
  for (let k = 0; k < keys.length; k++) record[keys[k]] = i + k;
  delete record.alpha;
  for (const key in record) sum += record[key] & 1;
  sum += Object.keys(record).length;
}
console.log(sum % 1000007);
