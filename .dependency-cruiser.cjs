/** What the faces are made of. */
const PIPELINE = [
  'plugins',
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
];

/**
 * The arrows of docs/architecture.md: each folder of src/ names the folders it may import.
 * A new folder needs a line here, or every import into and out of it is refused.
 */
const MAY_IMPORT = {
  annotations: [],
  plugins: [],
  image: [],
  explain: ['annotations', 'plugins'],
  python: [],
  onnx: [],
  openvino: ['onnx'],
  launchers: ['plugins', 'onnx', 'openvino', 'python'],
  interpreters: ['plugins', 'annotations', 'launchers', 'python'],
  models: ['plugins', 'launchers', 'interpreters', 'image', 'annotations', 'explain'],
  results: ['annotations', 'image', 'explain', 'models'],
  datasets: ['plugins', 'annotations'],
  project: ['plugins', 'models', 'results'],
  runs: ['plugins', 'explain', 'models', 'results', 'datasets', 'image', 'annotations', 'interpreters'],
  findings: ['explain', 'results'],
  report: ['explain', 'image', 'annotations', 'runs', 'models', 'results', 'findings'],
  web: ['annotations', 'image', 'explain', 'models', 'results', 'datasets', 'runs', 'report'],
  library: ['annotations', ...PIPELINE],
  testing: ['plugins', 'annotations', 'explain', 'launchers', 'interpreters', 'datasets'],
  cli: [...PIPELINE, 'web'],
};

/** Files directly in src/ that every folder may import. */
const SHARED = '^src/(errors|files|own-results|schema-issues|version|visible|shared-memory)\\.ts$';

/** Files of a folder that others than those above may import: arithmetic, and how an image lies in its file. */
const ALSO = { explain: ['^src/image/(placement|types)\\.ts$'], datasets: ['^src/image/frame\\.ts$'] };

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

/**
 * What runs on every platform, in a browser too: the core's rooms, and the way of an image explained with a function.
 * These files import one another and these packages alone, so that nothing behind them needs Node either.
 */
const EVERYWHERE = [
  '^src/(browser|errors|schema-issues|shared-memory)\\.ts$',
  '^src/(annotations|explain|onnx|openvino)/',
  '^src/interpreters/(?!script/script)',
  '^src/launchers/types\\.ts$',
  '^src/image/(?!(bmp|decode|encode|files|frame|gray-map|gray16|library|node)\\.ts$)',
  '^src/models/(?!((threads|labels)/|open\\.ts$))',
  '^src/results/(explanation|note-sentence|place-name|records|region|scale|share-text|target-summary)\\.ts$',
  '^src/results/schema/',
  '^src/report/(map-painting|overlay)\\.ts$',
  '^src/plugins/(entry|module-path)\\.ts$',
  '^src/library/(arguments|browser|explain|explanation|measure|model|run|saliency-map)\\.ts$',
  '^src/runs/(answer|diagnose|explain|plan|predict|run-plan|stop-rule|trust-notes|useless-options)\\.ts$',
  '^src/runs/dataset/object-region\\.ts$',
  '^src/runs/measure/',
];
/** What package.json has something else for in browsers. */
const LATE = '^src/interpreters/script/script\\.ts$';
const PACKAGES_EVERYWHERE = ['zod', 'protobufjs', '@rgrove/parse-xml', 'd3-color', 'd3-scale-chromatic'];

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
    {
      name: 'everywhere-is-everywhere',
      comment: 'what runs on every platform imports no part that does not; types are no part of what a page loads',
      severity: 'error',
      from: { path: EVERYWHERE },
      to: { path: '^src/', dependencyTypesNot: ['type-only'], pathNot: [...EVERYWHERE, LATE] },
    },
    {
      name: 'everywhere-without-node',
      comment: 'what runs on every platform imports no Node built-in, and few packages',
      severity: 'error',
      from: { path: EVERYWHERE },
      to: { pathNot: ['^src/', ...PACKAGES_EVERYWHERE.map((name) => `^node_modules/${name}/`)] },
    },
    {
      name: 'scripts-come-late',
      comment: 'a bundler for browsers can leave out only what is imported when it is needed',
      severity: 'error',
      from: { path: EVERYWHERE },
      to: { path: LATE, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    onlyFrom('sharp', 'image/'),
    {
      name: 'images-on-every-platform',
      comment: 'image/ is portable but for its files: who scales, crops, blurs and places images must not load sharp',
      severity: 'error',
      from: { path: '^src/(image/index|models/(preprocess|scene))\\.ts$' },
      to: {
        path: '^node_modules/sharp/|^src/image/(files|decode|encode|frame|gray-map|gray16|library)\\.ts$',
        reachable: true,
      },
    },
    onlyFrom('onnxruntime-common', 'launchers/onnx/'),
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
