/**
 * Every example of README and docs/ is compiled and run, with the package as a user has it: packed, and installed in a
 * folder of its own. The blocks of a page run in their order in one folder, so that one may use what another wrote.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { installLinked, packBuilt, ROOT } from '../helpers/packed.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { codeBlocks, type CodeBlock } from './blocks.js';
import { prepareFiles } from './prepared-files.js';

/** What a block is by its language; a block of another fails. */
const LANGUAGES: Readonly<Record<string, 'code' | 'commands' | 'data' | 'shown'>> = {
  ts: 'code',
  js: 'code',
  sh: 'commands',
  console: 'commands',
  json: 'data',
  yaml: 'data',
  // Output, layouts of folders, forms of a command.
  '': 'shown',
  text: 'shown',
  // Said with each block why it is not run.
  python: 'code',
  html: 'code',
};

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Example extends CodeBlock {
  readonly page: string;
  readonly folder: string;
  /** Where its code lies. */
  readonly path: string;
}

const temp = tempFolder();
const examples: Example[] = PAGES.flatMap((page) => {
  const folder = temp.at(page.replace('/', '-').replace(/\.md$/, ''));
  return codeBlocks(readFileSync(join(ROOT, page), 'utf8')).map((block) => ({
    ...block,
    page,
    folder,
    path: join(folder, block.file ?? `line-${block.line}.${block.language}`),
  }));
});
const errorsByPath = new Map<string, string[]>();

beforeAll(async () => {
  installLinked(packBuilt(temp.at('packed')), temp.path, ['@types/node']);
  temp.write('package.json', JSON.stringify({ private: true, type: 'module' }));
  const bin = join(temp.path, 'node_modules/datum-explain/dist/cli/bin.js');
  chmodSync(temp.write('bin/datum', `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`), 0o755);
  const runnable = examples.filter(({ notRun }) => notRun === null);
  for (const page of PAGES) {
    const own = runnable.filter((example) => example.page === page);
    const [first] = own;
    if (first === undefined) continue;
    temp.write(join(first.folder.slice(temp.path.length), '.keep'), '');
    await prepareFiles(first.folder, own.map(({ text }) => text).join('\n'));
  }
  const code = runnable.filter(({ language }) => language === 'ts' || language === 'js');
  for (const { path, text } of code) temp.write(path.slice(temp.path.length), text);
  const pathsIn = (language: string): string[] =>
    code.filter((one) => one.language === language).map(({ path }) => path);
  compile(pathsIn('ts'), {});
  // JavaScript has no types to annotate parameters with: running it is what shows that it is right.
  compile(pathsIn('js'), { allowJs: true, checkJs: false, noEmit: true });
}, 300_000);

/** Checks types, keeps the mistakes by file, and writes JavaScript beside TypeScript. */
function compile(paths: readonly string[], more: ts.CompilerOptions): void {
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    // Each block is a module of its own.
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
    typeRoots: [join(temp.path, 'node_modules/@types')],
    ...more,
  });
  const { diagnostics } = program.emit();
  for (const one of [...ts.getPreEmitDiagnostics(program), ...diagnostics]) {
    const path = one.file?.fileName ?? '';
    const line = one.file === undefined ? 0 : one.file.getLineAndCharacterOfPosition(one.start ?? 0).line + 1;
    const message = `line ${line} of the block: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`;
    errorsByPath.set(path, [...(errorsByPath.get(path) ?? []), message]);
  }
}

/** Runs a program in an example's folder, where `datum` is the installed command. */
function runIn(folder: string, program: string, args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 240_000,
    env: { ...process.env, PATH: `${temp.at('bin')}${delimiter}${process.env['PATH'] ?? ''}`, BROWSER: 'none' },
  });
  return { code: status, output: `${stdout}\n${stderr}` };
}

const title = ({ line, language, file }: Example): string =>
  `line ${line}, ${language}${file === null ? '' : `, ${file}`}`;

it('every page says of each block what it is', () => {
  const unknown = examples.filter(({ language }) => LANGUAGES[language] === undefined);
  expect(unknown.map((one) => `${one.page}:${one.line}: ${one.language}`)).toEqual([]);
});

it('commands and code are marked as such, so that they are run', () => {
  const commands = examples.filter(
    (one) => one.language === '' && /^(\$ )?(datum|npm|npx) |^import .* from /m.test(one.text),
  );
  expect(commands.map((one) => `${one.page}:${one.line}: say sh, ts or text`)).toEqual([]);
});

it('a reason is given only where there would be something to run', () => {
  const shown = examples.filter(
    (one) => one.notRun !== null && ['shown', 'data'].includes(LANGUAGES[one.language] ?? ''),
  );
  expect(shown.map((one) => `${one.page}:${one.line}`)).toEqual([]);
});

it('code in languages that are not run here says why', () => {
  const silent = examples.filter((one) => ['python', 'html'].includes(one.language) && one.notRun === null);
  expect(silent.map((one) => `${one.page}:${one.line}: <!-- not run: REASON -->`)).toEqual([]);
});

describe.each(PAGES.filter((page) => examples.some((one) => one.page === page)))('%s', (page) => {
  const all = examples.filter((one) => one.page === page && one.notRun === null);
  const of = (kind: string): [string, Example][] =>
    all.filter((one) => LANGUAGES[one.language] === kind).map((one) => [title(one), one]);

  it('has examples that can be read', () => {
    expect(examples.filter((one) => one.page === page).every(({ text }) => text.trim() !== '')).toBe(true);
  });

  if (of('data').length > 0) {
    it.each(of('data'))('%s: is valid', (_, { text }) => {
      // JSON is YAML.
      expect(parseDocument(text).errors).toEqual([]);
    });
  }

  const run = all.filter(({ language }) => ['code', 'commands'].includes(LANGUAGES[language] ?? ''));
  if (run.length > 0) {
    it.each(run.map((one): [string, Example] => [title(one), one]))('%s: runs', (_, example) => {
      const { folder, path, text, language, exitCode } = example;
      if (LANGUAGES[language] === 'commands') {
        const script = text.replaceAll(/^\$ /gm, '');
        const { code, output } = runIn(folder, 'bash', ['-euo', 'pipefail', '-c', script]);
        expect(code, output).toBe(exitCode);
        return;
      }
      expect(errorsByPath.get(path) ?? []).toEqual([]);
      const { code, output } = runIn(folder, process.execPath, [path.replace(/\.ts$/, '.js')]);
      expect(existsSync(path)).toBe(true);
      expect(code, output).toBe(exitCode);
    });
  }
});
