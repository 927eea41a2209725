/** `npm run bench -- TASK [options]`: installs when needed, builds, runs one benchmark (see bench/run.ts). */
import { build, installIfNeeded, local, run } from './setup.mjs';

installIfNeeded();
build();
run(local('jiti'), ['bench/run.ts', ...process.argv.slice(2)]);
