/**
 * `npm run package`: installs when needed, builds, and checks the package as a user would get it: publint for its fields
 * and files, attw for its types. It is ESM alone, so how CommonJS resolves it is not asked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, installIfNeeded, packWithoutRuntime, runLocal } from './setup.mjs';

installIfNeeded();
build();
const folder = mkdtempSync(join(tmpdir(), 'datum-package-'));
const tarball = packWithoutRuntime(folder);
const checks = [
  runLocal('publint', [tarball, '--strict'], { tolerate: true }),
  runLocal(
    'attw',
    [tarball, '--profile', 'esm-only', '--format', 'ascii'],
    { tolerate: true },
    '@arethetypeswrong/cli',
  ),
];
rmSync(folder, { recursive: true, force: true });
process.exit(checks.every(({ status }) => status === 0) ? 0 : 1);
