/**
 * `npm run surface`: installs when needed, builds, writes the surface of every entry point to tests/package/surface/. Run
 * it after a change in what the library exports; a test compares the two.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { build, installIfNeeded, root } from './setup.mjs';

/** Where the surfaces lie. */
export const SURFACES = join(root, 'tests', 'package', 'surface');

/** Entry points with types: a name for files, their declarations, and the source that these are made from. */
export function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, to]) => typeof to === 'object' && 'types' in to)
    .map(([name, { types }]) => ({
      name: name === '.' ? 'index' : name.slice(2),
      types: join(root, types),
      source: join(root, types.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts')),
    }));
}

/**
 * The surface of every entry point, as text by name: each exported value and type with its signature, sorted by name. It
 * is read from the declarations that consumers get.
 */
export function surfaces() {
  const entries = entryPoints();
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const program = ts.createProgram(
    entries.map(({ types }) => types),
    { ...options, target: ts.ScriptTarget.ES2023, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  return Object.fromEntries(
    entries.map(({ name, types }) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(types));
      const exported = checker.getExportsOfModule(module).map((symbol) => [symbol.name, signatureOf(checker, symbol)]);
      exported.sort(([a], [b]) => (a < b ? -1 : 1));
      return [name, `${exported.map(([, text]) => text).join('\n\n')}\n`];
    }),
  );
}

const printer = ts.createPrinter({ removeComments: true });

/** An export in TypeScript's own words, under the name that it is exported by. */
function signatureOf(checker, symbol) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const renamed = target.name === symbol.name ? '' : `// ${target.name} in the code\n`;
  const typeOnly = isTypeOnly(symbol) ? 'type ' : '';
  const parts = (target.declarations ?? []).map((declaration) => {
    // What a type is made from, such as a schema, may change while its name stays: it is written out.
    if (ts.isTypeAliasDeclaration(declaration)) {
      const type = checker.getDeclaredTypeOfSymbol(target);
      const parameters = (declaration.typeParameters ?? []).map((one) => one.getText()).join(', ');
      const flags = ts.NodeBuilderFlags;
      const node = checker.typeToTypeNode(
        type,
        undefined,
        flags.NoTruncation |
          flags.InTypeAlias |
          flags.MultilineObjectLiterals |
          flags.UseAliasDefinedOutsideCurrentScope,
      );
      const text = printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
      return `${target.name}${parameters === '' ? '' : `<${parameters}>`} = ${text}`;
    }
    const shown = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return printer
      .printNode(ts.EmitHint.Unspecified, shown, shown.getSourceFile())
      .replace(/^export /, '')
      .replace(/^declare /, '');
  });
  return `${renamed}export ${typeOnly}${symbol.name}: ${parts.join('\n')}`;
}

/** Whether it can only be named as a type. */
function isTypeOnly(symbol) {
  return (symbol.declarations ?? []).some(
    (one) => ts.isExportSpecifier(one) && ts.isTypeOnlyImportOrExportDeclaration(one),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installIfNeeded();
  build();
  rmSync(SURFACES, { recursive: true, force: true });
  mkdirSync(SURFACES, { recursive: true });
  for (const [name, text] of Object.entries(surfaces())) writeFileSync(join(SURFACES, `${name}.txt`), text);
}
