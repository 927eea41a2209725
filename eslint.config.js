import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const WORD_FLAG = String.raw`(^|[\s'"\x60([])--[a-z]`;
const LETTER_FLAG = String.raw`(^|[\s'"\x60([])-[a-z]([\s,.:;)'"\x60]|$)`;
const COMMAND = String.raw`\bdatum (create|convert|model|import|source|project|merge|explain|report|serve)\b`;
/** In pages, `'--line'`, `var(--line)` and `--line: 1` are custom properties of CSS. */
const WORD_FLAG_IN_PAGE = String.raw`(^--[a-z-]+\s|([\s'"\x60[]|(?<!var)\()--[a-z-]+(?![a-z-]*:))`;

/** What holds on one system alone, or in Node's own `fs` alone. */
const PORTABLE = [
  {
    selector: "MemberExpression[property.name='pathname'] > NewExpression[callee.name='URL']",
    message: 'On Windows, and in folders with spaces, the path of a file is another: use fileURLToPath of node:url.',
  },
  {
    selector:
      'CallExpression[callee.name=/^(spawn|spawnSync|execFile|execFileSync|run)$/] > Literal:first-child[value=/^(npm|npx|pnpm|yarn|node)$/]',
    message:
      'On Windows these are batch files, or another version: use process.execPath, and npmCommand of scripts/setup.mjs.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(sync|datasync)$/][arguments.length=0]',
    message: "Yarn's Plug'n'Play has no such method of file handles: use toDisk of src/files.ts.",
  },
];

/** Below the command line, sentences name options with `option()`, which each face says in its own words. */
function refuseTyped(...patterns) {
  const typed = patterns.map((pattern) => `(${pattern})`).join('|');
  const message = "No flags or commands below src/cli: name options with option('inputSize') of src/errors.ts.";
  const selectors = [
    `Literal[value=/${typed}/]:not(Property > Literal.key)`,
    `TemplateElement[value.cooked=/${typed}/]`,
  ];
  return { 'no-restricted-syntax': ['error', ...PORTABLE, ...selectors.map((selector) => ({ selector, message }))] };
}

/** What only Node has, or a page only where it is isolated from other origins. */
const NOT_EVERYWHERE = {
  ...Object.fromEntries(
    [
      'Buffer',
      'process',
      'global',
      'require',
      'module',
      '__dirname',
      '__filename',
      'setImmediate',
      'clearImmediate',
    ].map((name) => [name, 'This runs in browsers too, where it is not: take what every platform has.']),
  ),
  SharedArrayBuffer: 'A page need not have it: use sharedMemory of src/shared-memory.ts.',
};

export default tseslint.config(
  {
    ignores: [
      'dist',
      'vendor',
      'node_modules',
      'coverage',
      'training',
      'src/web/client/dist',
      '**/fixtures/**',
      'tests/consumer/project/**',
    ],
  },
  js.configs.recommended,
  { files: ['**/*.{ts,tsx,js,mjs}'], rules: { 'no-restricted-syntax': ['error', ...PORTABLE] } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are the point of most messages here.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Index loops over typed arrays assert that an index is in range; noUncheckedIndexedAccess cannot know it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    // Pages say how they were made, which is a command whoever made them.
    ignores: ['src/cli/**', 'src/web/client/**', 'src/report/words/run-command.ts'],
    rules: refuseTyped(WORD_FLAG, LETTER_FLAG, COMMAND),
  },
  {
    // Names of files and classes may hold what a terminal obeys: src/cli/io.ts is the only way to it.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/{bin,start}.ts', 'src/web/client/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...['stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: 'Write to an Output of src/cli/io.ts, which makes control characters visible.',
        })),
      ],
    },
  },
  {
    // What people hand in may be a pipe, a device or a file without end. These read files of this project's own, or of the system.
    files: ['src/**/*.ts'],
    ignores: [
      'src/{files,version}.ts',
      'src/{launchers/onnx/runtime,plugins/load-module}.ts',
      'src/results/lock-owner.ts',
      'src/datasets/coco/writer.ts',
      'src/report/html/page.ts',
      'src/web/server/{page,result-files}.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        ...['node:fs', 'node:fs/promises'].map((name) => ({
          name,
          importNames: ['readFile', 'readFileSync', 'createReadStream'],
          message: 'Read what people hand in with src/files.ts, which refuses what has no end.',
        })),
      ],
    },
  },
  {
    // EVERYWHERE of .dependency-cruiser.cjs.
    files: [
      'src/{browser,errors,schema-issues}.ts',
      'src/{annotations,explain,image,interpreters,models,onnx,openvino}/**/*.ts',
      'src/launchers/types.ts',
      'src/results/explanation.ts',
      'src/runs/*.ts',
      'src/runs/measure/*.ts',
    ],
    ignores: [
      'src/image/{bmp,decode,encode,files,frame,gray-map,gray16,library,node}.ts',
      'src/interpreters/script/script*.ts',
      'src/models/{threads/*,labels/*,open}.ts',
      'src/runs/{explain-file,open-image}.ts',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        ...Object.entries(NOT_EVERYWHERE).map(([name, message]) => ({ name, message })),
      ],
    },
  },
  {
    files: ['src/web/client/**'],
    rules: refuseTyped(WORD_FLAG_IN_PAGE, LETTER_FLAG, COMMAND),
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', module: 'readonly', Buffer: 'readonly' },
    },
  },
);
