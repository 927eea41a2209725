import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/** What `dist/` is made of. */
const SOURCES = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json'];

/** The commit of a clone in seven digits, with a `+` where sources differ from it; null outside a clone. */
export function currentCommit(folder) {
  const git = (...args) => {
    const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  // A copy that lies within another project's clone has no commit of its own.
  const top = git('rev-parse', '--show-toplevel');
  if (top === null || realpathSync(top) !== realpathSync(folder)) return null;
  const commit = git('rev-parse', 'HEAD');
  if (commit === null) return null;
  const changed = git('status', '--porcelain', '--', ...SOURCES) !== '';
  return `${commit.slice(0, 7)}${changed ? '+' : ''}`;
}
