/** `npm run demo`: installs when needed, builds, explains the example models (examples/animals/demo.ts). */
import { build, installIfNeeded, local, run } from './setup.mjs';

installIfNeeded();
build();
run(local('jiti'), ['examples/animals/demo.ts', ...process.argv.slice(2)]);
