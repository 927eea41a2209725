/**
 * `npm run fuzz [-- --minutes 8 --seed 7 --only images --case 12]` and `npm run chaos [-- --seed 7 --kills 50]`: installs
 * when needed, builds, and runs the suite (tests/fuzz, tests/chaos; docs/reliability.md).
 */
import { parseArgs } from 'node:util';
import { build, installIfNeeded, local, run } from './setup.mjs';

const OPTIONS = { fuzz: ['minutes', 'seed', 'only', 'case'], chaos: ['seed', 'kills'] };

const [, , suite, ...args] = process.argv;
const names = OPTIONS[suite];
const { values } = parseArgs({
  args,
  options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});
const settings = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [`DATUM_${suite.toUpperCase()}_${name.toUpperCase()}`, value]),
);
installIfNeeded();
build();
run(local('vitest'), ['run', '--config', 'vitest.long.config.ts', `tests/${suite}`], {
  env: { ...process.env, ...settings },
});
