const o = { a: 1 };

  o.b.c;
