// node devtools.mjs FILE...: opens heap snapshots with the loader of Chrome DevTools, whose sources are in
// chrome-devtools-frontend. What DevTools runs in two workers runs here in one thread.
import { build } from 'esbuild';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';

globalThis.self = globalThis;
Promise.withResolvers ??= () => {
  const resolvers = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};

const root = dirname(createRequire(import.meta.url).resolve('chrome-devtools-frontend/package.json'));
const worker = join(root, 'front_end/entrypoints/heap_snapshot_worker');
const outfile = join(root, 'heap-snapshot-loader.mjs');
// DevTools' build generates its list of languages.
const locales = `export const LOCALES = ['en-US'], BUNDLED_LOCALES = LOCALES, DEFAULT_LOCALE = 'en-US',
  REMOTE_FETCH_PATTERN = '', LOCAL_FETCH_PATTERN = '';`;
await build({
  stdin: {
    contents: `export { HeapSnapshotLoader } from './HeapSnapshotLoader.js';
      export { SecondaryInitManager } from './HeapSnapshot.js';`,
    resolveDir: worker,
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  logLevel: 'error',
  plugins: [{
    name: 'generated',
    setup(plugin) {
      plugin.onResolve({ filter: /\/locales\.js$/ }, () => ({ path: 'locales', namespace: 'generated' }));
      plugin.onLoad({ filter: /./, namespace: 'generated' }, () => ({ contents: locales }));
    },
  }],
});
const { HeapSnapshotLoader, SecondaryInitManager } = await import(pathToFileURL(outfile));

for (const file of process.argv.slice(2)) {
  const loader = new HeapSnapshotLoader({ sendEvent() {} });
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) loader.write(chunk);
  loader.close();
  const { port1, port2 } = new MessageChannel();
  new SecondaryInitManager(port2);
  const snapshot = await loader.buildSnapshot(port1);
  console.log(`DevTools reads ${snapshot.nodeCount} nodes, ${snapshot.totalSize} bytes`);
  port1.close();
  port2.close();
}
