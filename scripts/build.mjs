/** `npm run build [-- --clean]`: installs when needed, builds; `--clean` begins with an empty `dist/`. */
import { build, installIfNeeded } from './setup.mjs';

installIfNeeded();
build({ clean: process.argv.includes('--clean') });
