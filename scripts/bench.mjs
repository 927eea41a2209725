/** `npm run bench -- TASK [options]`: installs when needed, builds, runs one benchmark (see bench/run.ts). */
import { build, installIfNeeded, runLocal } from './setup.mjs';

installIfNeeded();
build();
runLocal('jiti', ['bench/run.ts', ...process.argv.slice(2)]);
