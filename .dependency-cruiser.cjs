/**
 * The arrows of docs/architecture.md: each folder of src/ names the folders it may import.
 * A new folder needs a line here, or every import into and out of it is refused.
 */
const MAY_IMPORT = {
  annotations: [],
  image: [],
  explain: ['annotations'],
  onnx: [],
  openvino: ['onnx'],
  launchers: ['onnx', 'openvino'],
  interpreters: ['annotations', 'launchers'],
  models: ['launchers', 'interpreters', 'image', 'annotations', 'explain'],
  results: ['annotations', 'image', 'explain', 'models'],
  datasets: ['annotations'],
  project: ['models', 'results'],
  runs: ['explain', 'models', 'results', 'datasets', 'image', 'annotations', 'interpreters'],
  findings: ['explain', 'results'],
  report: ['explain', 'image', 'annotations', 'runs', 'models', 'results', 'findings'],
  web: ['annotations', 'image', 'explain', 'models', 'results', 'datasets', 'runs', 'report'],
  cli: [
    'image',
    'explain',
    'launchers',
    'interpreters',
    'models',
    'results',
    'datasets',
    'project',
    'runs',
    'findings',
    'report',
    'web',
  ],
};

/** Files directly in src/ that every folder may import. */
const SHARED = '^src/(errors|files|schema-issues|version)\\.ts$';

/** Files of a folder that others than those above may import: they are arithmetic, and load no library. */
const ALSO = { explain: ['^src/image/(placement|types)\\.ts$'] };

const folders = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import: ${allowed.join(', ') || 'nothing but errors'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [SHARED, ...(ALSO[folder] ?? []), ...[folder, ...allowed].map((name) => `^src/${name}/`)],
  },
}));

/** Heavy or platform-bound packages live in one folder each. */
const onlyFrom = (packageName, folder) => ({
  name: `${packageName}-only-in-${folder.replace(/\W+/g, '-')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}` },
  to: { path: `^node_modules/${packageName}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'errors-import-nothing',
      severity: 'error',
      from: { path: SHARED },
      to: { path: '^src/', pathNot: SHARED },
    },
    {
      name: 'no-unlisted-folder',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(MAY_IMPORT).join('|')})/` },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/client' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    ...folders,
    onlyFrom('sharp', 'image/'),
    onlyFrom('onnxruntime-node', 'launchers/onnx/'),
    onlyFrom('tinypool', 'models/'),
    onlyFrom('commander', 'cli/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
