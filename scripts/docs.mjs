/**
 * `npm run docs [-- --check]`: writes the reference pages of the library to docs/reference/, from the comments in the code:
 * a page for each entry point of package.json; and the lists of all pages, docs/README.md and llms.txt. Fails where an export has no comment, a type that an export names is not
 * exported, or a link leads nowhere. `--check` writes nothing, and fails where the pages are not those of the code.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application } from 'typedoc';
import { docsReadme, llmsText } from './docs-pages.mjs';
import { root } from './setup.mjs';
import { entryPoints } from './surface.mjs';

const NOT_EXPORTED = [
  'AnsweredImage',
  'ClassFigures',
  'CommonOptions',
  'DecisionOptions',
  'DeclaredTensor',
  'Fit',
  'Listing',
  'PredictionView',
  'ScoringOptions',
  'Selection',
  'TargetScorer',
  'Belief',
  'StoredModel',
  'OwnLaunchOption',
  'LaunchOptionInfo',
  'Outputs',
  'ElementType',
  'ErrorData',
  'ErrorDetails',
  'Estimates',
  'InputSpec',
  'ModelFacts',
  'OptionName',
  'Stopped',
  'CheckedOptions',
  'Drawing',
  'Renounceable',
  'DeepPixels',
];
const REFERENCE = join(root, 'docs', 'reference');
const checking = process.argv.includes('--check');
const out = checking ? mkdtempSync(join(tmpdir(), 'datum-docs-')) : REFERENCE;

const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: entryPoints().map(({ source }) => source),
  tsconfig: join(root, 'tsconfig.build.json'),
  basePath: join(root, 'src'),
  out,
  name: 'datum-explain',
  readme: 'none',
  // Lines of sources would change the pages with every change of the code.
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  sort: ['alphabetical'],
  validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
  requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable', 'Enum'],
  // npm run types looks for them.
  skipErrorChecking: true,
  // Types of the rooms below that the surface still names. Only what goes may be taken out: nothing is added here.
  intentionallyNotExported: NOT_EXPORTED,
  treatWarningsAsErrors: true,
  // Markdown: a page an entry point, so that a reader of the repository finds all in one place.
  outputFileStrategy: 'modules',
  entryFileName: 'README',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'list',
  interfacePropertiesFormat: 'list',
  expandObjects: true,
});
const project = await app.convert();
if (project === undefined) process.exit(1);
// Pages are called as the entry points are imported.
for (const module of project.children ?? []) {
  const name = module.name.replace(/\/index$/, '');
  module.name = name === 'index' ? 'datum-explain' : `datum-explain/${name}`;
}
app.validate(project);
if (!app.logger.hasErrors() && !app.logger.hasWarnings()) await app.generateOutputs(project);
const sound = !app.logger.hasErrors() && !app.logger.hasWarnings();
if (checking) {
  const stale = sound && JSON.stringify(pagesIn(out)) !== JSON.stringify(pagesIn(REFERENCE));
  if (stale) console.error('docs/reference/ is not what the code says: run npm run docs and commit it.');
  rmSync(out, { recursive: true, force: true });
  process.exit(sound && !stale ? 0 : 1);
}
writeFileSync(join(root, 'docs', 'README.md'), docsReadme());
writeFileSync(join(root, 'llms.txt'), llmsText());
process.exit(sound ? 0 : 1);

/** All pages of a folder by name. */
function pagesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}
