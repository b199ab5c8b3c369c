// Files that require modules which are at work.
import './circle-required.cjs';
import { createRequire, builtinModules } from 'module';
const require = createRequire(import.meta.url);
console.log(require('./circle-first.cjs'), builtinModules.includes('fs'), require.main);
export default 1;
