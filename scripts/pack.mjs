/**
 * `npm run pack [-- FOLDER]`: the tarball that is published, into the working folder or another. Does what npm's `prepack`
 * would, which `.npmrc` switches off: installs when needed, builds into an empty `dist/`, checks the package, packs it.
 */
import { resolve } from 'node:path';
import { build, installIfNeeded, packInto, root, run } from './setup.mjs';

installIfNeeded();
build({ clean: true });
run(process.execPath, ['scripts/package.mjs']);
console.log(packInto(resolve(process.argv[2] ?? root)));
