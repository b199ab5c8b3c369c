const show = (f) => { try { console.log(String(f())); } catch (e) { console.log(e.name + ': ' + e.message); } };
show(() => [3, 1, 2, 10, undefined, , 'b', 'a'].sort().join()); show(() => [3, 1, 2, 10].sort((a, b) => a - b).join());
show(() => { const a = Array.from({ length: 50 }, (_, i) => ({ k: i % 3, i })); return a.sort((x, y) => x.k - y.k).map((x) => x.i).join(); });
show(() => [1].sort(1)); show(() => [3, , 1].sort().length); show(() => [5, 2].toSorted().join() + [1, 2, 3].toReversed().join() + [1, 2, 3].toSpliced(1, 1, 'x', 'y').join() + [1, 2, 3].with(-1, 9).join());
show(() => [1].with(5, 1)); show(() => [1, [2, [3, [4]]]].flat().length + ' ' + [1, [2, [3, [4]]]].flat(Infinity).join()); show(() => [1, 2].flatMap((x) => [x, x * 10]).join());
show(() => [1, 2, 3].findLast((x) => x < 3) + ' ' + [1, 2, 3].findLastIndex((x) => x > 5)); show(() => [1, 2, 1].lastIndexOf(1) + ' ' + [1, 2, 1].lastIndexOf(1, -2) + ' ' + [1].lastIndexOf(2));
show(() => [1, 2, 3].reduceRight((a, c) => a + '-' + c)); show(() => [].reduceRight((a) => a)); show(() => [1, 2, 3, 4, 5].copyWithin(1, 3).join()); show(() => [1, 2].at(-1) + ' ' + [1].at(4));
show(() => [1.5, null, 'x'].toLocaleString()); show(() => Object.keys(Array.prototype[Symbol.unscopables]).join());
show(() => [1, 2, 3, 4, 5].sort(() => { throw new Error('no'); }));
