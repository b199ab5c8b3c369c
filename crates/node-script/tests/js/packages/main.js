'use strict';
// Names of packages, and modules of the other kind that `require` gives.

const here = (text) => text.replaceAll(__dirname, '.').split('\n')[0];
const told = (error) => `${error.name} ${error.code} ${here(error.message)}`;
const names = ['exports', 'exports/inside/one', 'exports/other', 'exports/hidden', 'plain', 'plain/other', 'plain/other.js',
  'plain/lib/main', '@scope/partial', '@scope/none', '@scope/partial/only', 'mixed', '#inside', '#none', 'own', 'none',
  'none/below', './node_modules/plain', './inside', __dirname + '/inside', 'exports/package.json'];

for (const name of names) {
  try {
    console.log(here(name), require(name), here(require.resolve(name)));
  } catch (error) {
    console.log(here(name), told(error));
  }
}
console.log(require.resolve('fs'), require.resolve('node:fs'));

for (const name of ['modern', './named.mjs', './own.mjs', './throws.mjs', './by-text.js', './node_modules/modern/waits.mjs']) {
  try {
    const given = require(name);
    console.log(name, given, given === require(name), require('util').types.isModuleNamespaceObject(given));
  } catch (error) {
    console.log(name, told(error));
  }
}

(async () => {
  for (const name of [...names.filter((name) => name !== 'mixed' && !name.startsWith('./')), './inside.js', 'modern', './named.mjs']) {
    await import(name).then((module) => console.log('import', here(name), module.default ?? module),
      (error) => console.log('import', here(name), told(error)));
  }
  console.log(require('modern').default === (await import('modern')).default);
  console.log(require('./named.mjs') === await import('./named.mjs'));
})();
