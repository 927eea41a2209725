/**
 * What `npm run pack` makes of a fresh clone: a copy of the repository's files, without `dist/`, committed to a repository
 * of its own.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, installLinked, manifestOf, ROOT, run, runNpm } from '../helpers/packed.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { describeInstalled } from './tried.js';

const temp = tempFolder();
const clone = temp.at('a clone');
const folder = temp.at('project', 'node_modules', 'datum-explain');
let tarball: string;
let files: string[];
let commit: string;

/** The repository's files, those that are not committed yet among them. */
function copyRepository(): void {
  const names = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT).split('\0');
  for (const name of names.filter((one) => one !== '' && existsSync(join(ROOT, one)))) {
    cpSync(join(ROOT, name), join(clone, name));
  }
  // Installed already: each package is a link, so that nothing can touch the repository's own.
  const modules = join(clone, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  const identity = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.org'];
  run('git', ['init', '--quiet'], clone);
  run('git', ['add', '.'], clone);
  run('git', [...identity, 'commit', '--quiet', '--message', 'all of it'], clone);
  commit = run('git', ['rev-parse', 'HEAD'], clone).slice(0, 7);
}

beforeAll(() => {
  copyRepository();
  const stdout = runNpm(['run', '--silent', 'pack', '--', temp.path], clone);
  tarball = stdout.trim().split('\n').at(-1) ?? '';
  installLinked(tarball, temp.at('project'));
  files = filesBelow(folder);
  // Compiles everything.
}, 600_000);

const ending = (...endings: string[]): string[] => files.filter((file) => endings.some((one) => file.endsWith(one)));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('the tarball of a fresh clone', () => {
  it('holds what was compiled from each source, and the pages', () => {
    // Declarations of what a library lacks are needed to compile, and not to run.
    const sources = filesBelow(join(clone, 'src')).filter(
      (name) => /(?<!\.d)\.ts$/.test(name) && !name.startsWith('web/client/'),
    );
    const compiled = sources.flatMap((name) => ['.js', '.d.ts'].map((one) => `dist/${name.replace(/\.ts$/, one)}`));
    expect(compiled.filter((file) => !files.includes(file))).toEqual([]);
    const pages = ['live', 'report'].flatMap((page) => [`dist/web/${page}/${page}.js`, `dist/web/${page}/${page}.css`]);
    const python = filesBelow(join(clone, 'src/python/child')).map((name) => `dist/python/child/${name}`);
    const others = ending('').filter((file) => file.startsWith('dist/') && !compiled.includes(file));
    expect(others).toEqual(['dist/commit.txt', ...pages, ...python].sort());
  });

  it('holds, besides that, only pages, images and schemas', () => {
    const others = files.filter((file) => !file.startsWith('dist/'));
    const allowed = [
      /^docs\/([\w-]+\/)*[\w-]+\.(md|png)$/,
      /^schemas\/\w+\.schema\.json$/,
      /^(README|CHANGELOG|CONTRIBUTING|THIRD-PARTY-NOTICES)\.md$/,
      /^vendor\/onnxruntime-node\//,
      /^(LICENSE|package\.json)$/,
      /^examples\/animals\/(README\.md|story\.png|classifier-shortcut\.onnx|detector\.onnx)$/,
      /^examples\/animals\/(images\/\w+\.jpg|annotations\/instances_default\.json)$/,
    ];
    expect(others.filter((file) => !allowed.some((one) => one.test(file)))).toEqual([]);
    expect(others).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.md']));
  });

  it('holds no source map, and no file that names one', () => {
    expect(ending('.map', '.tsbuildinfo')).toEqual([]);
    expect(ending('.js', '.d.ts').filter((file) => read(file).includes('sourceMappingURL='))).toEqual([]);
  });

  it('is small but for ONNX Runtime, and holds no more of that than every platform needs', () => {
    const size = (those: readonly string[]): number =>
      those.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    const ours = files.filter((file) => !file.startsWith('vendor/'));
    expect(size(ours.filter((file) => !file.startsWith('examples/')))).toBeLessThan(6e6);
    // What datum demo is made of.
    expect(size(ours.filter((file) => file.startsWith('examples/')))).toBeLessThan(3e6);
    expect(size(files)).toBeLessThan(190e6);
    expect(statSync(tarball).size).toBeLessThan(70e6);
  });

  it('holds every file that exports, bin and types name', () => {
    const { bin, exports } = manifestOf(folder);
    const named = [
      ...Object.values(bin),
      ...Object.values(exports).flatMap((one) => (typeof one === 'string' ? one : Object.values(one))),
    ];
    expect(named.length).toBeGreaterThan(5);
    for (const name of named.map((one) => one.replace(/^\.\//, ''))) {
      const [before = '', after] = name.split('*');
      const found = after === undefined ? files.includes(name) : files.some((file) => file.startsWith(before));
      expect(found, name).toBe(true);
    }
  });

  it('imports nothing but its own files, what it depends on, and Node', () => {
    const { dependencies } = manifestOf(folder);
    const wrong = ending('.js', '.d.ts')
      .filter((file) => !/^dist\/web\/(live|report)\/|^vendor\//.test(file))
      .flatMap((file) => importsOf(file).map((name) => [file, name] as const))
      .filter(([file, name]) => {
        // Types of functions that no entry point gives; types.test.ts would see them.
        if (name === 'onnxruntime-common') return !/^dist\/launchers\/onnx\/.*\.d\.ts$/.test(file);
        if (!name.startsWith('.')) return !isBuiltin(name) && dependencies[packageOf(name)] === undefined;
        const path = posix.join(posix.dirname(file), name);
        return !files.includes(file.endsWith('.d.ts') ? path.replace(/\.js$/, '.d.ts') : path);
      });
    expect(wrong).toEqual([]);
  });

  it('holds what README and the pages beside it link to and show', () => {
    const pages = files.filter((file) => file.endsWith('.md') && !/^(examples|vendor)\//.test(file));
    expect(pages).toContain('README.md');
    const broken = pages.flatMap((page) =>
      linksOf(read(page))
        .filter((link) => !existsSync(join(folder, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect(linksOf(read('README.md')).filter((link) => link.endsWith('.png'))).toHaveLength(3);
  });

  it('runs where it is installed, and says its version and commit', () => {
    const { version } = manifestOf(folder);
    const stdout = run(process.execPath, [join(folder, 'dist/cli/bin.js'), '--version'], temp.path);
    expect(stdout).toBe(`${version} (${commit})\n`);
  });
});

describeInstalled(temp, () => tarball);

/** Modules that a compiled file imports, in any way. */
function importsOf(file: string): string[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName);
}

/** `zod` of `zod/v4`, `@hono/node-server` of itself. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

/** Relative targets of links and images in Markdown, without their anchors. */
function linksOf(markdown: string): string[] {
  const text = markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link.replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
}
