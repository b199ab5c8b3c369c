// What a promise was rejected with goes once the rejection is handled.
const turn = () => new Promise((done) => setImmediate(done));
const say = console.log;
const check = async (name, f, g) => {
  let ref;
  await f((o) => { ref = new WeakRef(o); return o; });
  g?.();
  for (let i = 0; i < 3; i++) { await turn(); gc(); }
  say(name, ref.deref() !== undefined);
};
(async () => {
  await check('sync', async (watch) => { (() => { try { throw [watch({})]; } catch (e) {} })(); });
  await check('async caught', async (watch) => { try { await (async () => { throw [watch({})]; })(); } catch (e) {} });
  await check('async caught, then sync', async (watch) => { try { await (async () => { throw [watch({})]; })(); } catch (e) {} }, () => { try { throw 1; } catch {} });
  await check('async caught, then other', async (watch) => { try { await (async () => { throw [watch({})]; })(); } catch (e) {} }, () => { Promise.reject(1).catch(() => {}); });
  await check('then', async (watch) => { await (async () => { throw [watch({})]; })().catch(() => 1); });
  await check('reject', async (watch) => { await Promise.reject([watch({})]).catch(() => 1); });
  await check('reject await', async (watch) => { try { await Promise.reject([watch({})]); } catch {} });
})();
