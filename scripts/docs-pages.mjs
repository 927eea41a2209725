/** All pages of docs/ in the order in which they are read: the site's sidebar, docs/README.md and llms.txt are made of it. */

/** @type {{ heading: string, pages: { path: string, title: string, note: string }[] }[]} */
export const DOCS_PAGES = [
  {
    heading: 'Start',
    pages: [
      page('README.md', 'Documentation', 'what datum answers, and where to read on'),
      page('install.md', 'Installing', 'every package manager, GPUs, platforms, and what is in the package'),
    ],
  },
  {
    heading: 'Tutorials',
    pages: [
      page('tutorials/cheating.md', 'Is my classifier cheating?', 'from one odd answer to a report of sixty pictures'),
      page('tutorials/missed.md', 'Why was this object missed?', 'ask a detector about a box that it did not find'),
      page('tutorials/trust.md', 'Can I trust this map?', 'too few runs, a map of another picture, a weak answer'),
    ],
  },
  {
    heading: 'Guides',
    pages: [
      page('guides/picture.md', 'Explain a picture', 'one picture, one model: what comes out and how to read it'),
      page('guides/dataset.md', 'Explain a dataset', 'find out what is wrong with a model over many pictures'),
      page('guides/model.md', 'Bring your model', 'ONNX, PyTorch, Keras, TFLite, OpenVINO, a function'),
      page('guides/detector.md', 'Explain a detector', 'boxes, missed objects, classes anywhere in the picture'),
      page('guides/own-interpreter.md', 'Read outputs with a script', 'when no built-in interpreter reads your model'),
      page('check.md', "Check another tool's map", 'measure maps of any tool beside ours and beside chance'),
      page('live-page.md', 'Work in the page', 'the workbench: drop pictures, draw boxes, compare models'),
      page('guides/ci.md', 'Run it in CI', 'a run that fails when a model depends on the wrong thing'),
      page('python.md', 'Python', 'models, scripts and Datumaro projects in Python'),
      page('openvino.md', 'OpenVINO', 'OpenVINO models, with and without OpenVINO'),
      page('library.md', 'Use it as a library', 'the same from JavaScript and TypeScript, in Node and in browsers'),
    ],
  },
  {
    heading: 'Reference',
    pages: [
      page('glossary.md', 'Words and figures', 'what each word and figure of results means'),
      page('report.md', 'Findings and the report', 'what is checked over a dataset, and how sure it is'),
      page('dataset-runs.md', 'Dataset runs', 'what a run over a dataset writes; figures against the truth'),
      page('datasets.md', 'Datasets', 'formats, filters, class names'),
      page('interpreters.md', 'Interpreters', 'model families that are read without configuration; scripts'),
      page('launchers.md', 'Launchers', 'which model files are opened, and by what'),
      page('methods.md', 'Methods', 'RISE, occlusion, superpixels, and methods of your own'),
      page('method.md', 'How maps are made', 'masks, estimators, error bars, the test of faithfulness'),
      page('reference/README.md', 'Library', 'every function, option and type, made from the code'),
    ],
  },
  {
    heading: 'Behind it',
    pages: [
      page('reliability.md', 'Reliability', "what is promised of files, input and others' code"),
      page('architecture.md', 'Architecture', 'how it is built'),
    ],
  },
  {
    heading: 'Research',
    pages: [
      page(
        'research/fidelity.md',
        'How good maps are',
        'fidelity, deletion and insertion, calibration, what was tried',
      ),
      page('research/trust.md', 'How often the verdict is right', 'the test of faithfulness against two truths'),
      page('research/presets.md', 'Which masks', 'the study behind the presets'),
      page('research/findings.md', 'How often findings are wrong', 'planted datasets, sound models'),
      page('research/voc.md', 'YOLOX-nano on VOC', 'a dataset run in figures'),
      page('research/comparison.md', 'Beside other tools, in full', 'every table of the comparison'),
      page('research/agreement.md', 'When maps agree', 'where the cut between maps that agree and that do not lies'),
      page('research/report.md', 'A report of a thousand pictures', 'time to open, to scroll, to filter, and its size'),
      page('research/performance.md', 'Time, measured', 'ratios over plain runs, and what made the difference'),
    ],
  },
];

/** docs/README.md: what there is to read. */
export function docsReadme() {
  const parts = DOCS_PAGES.map(({ heading, pages }) => {
    const lines = pages
      .filter(({ path }) => path !== 'README.md')
      .map(({ path, title, note }) => `- [${title}](${path}): ${note}`);
    return `## ${heading}\n\n${lines.join('\n')}\n`;
  });
  return `# Documentation\n\n\`datum\` answers three questions about a vision model: why this answer, can I trust this map, and what now?\n\n${parts.join('\n')}`;
}

/** llms.txt (https://llmstxt.org): what a program that reads should know before it types a command. */
export function llmsText() {
  const parts = DOCS_PAGES.map(({ heading, pages }) => {
    const lines = pages.map(({ path, title, note }) => `- [${title}](docs/${path}): ${note}`);
    return `## ${heading}\n\n${lines.join('\n')}\n`;
  });
  return `${LLMS_HEAD}\n${parts.join('\n')}`;
}

const LLMS_HEAD = `# datum explain

> \`datum explain\` shows which pixels made a vision model answer what it answered. It treats the model as a black box (RISE: masks, many
> runs, a saliency map for each answer), says whether the map is repeatable and faithful, and finds shortcuts over a dataset.

- Install: \`npm install -g datum-explain\` (Node 20.19 or newer). Nothing is fetched or sent while explaining.
- One picture: \`datum explain photo.jpg -m model.onnx -o out\`. A dataset: \`datum explain folder -m model.onnx -o out\`; then open \`out/index.html\`.
- What is explained: \`--top-k 3\`, \`--classes dog,cat\`, \`--box x,y,w,h:class\`. How long: \`--max-samples N\`, \`--time-budget 10s\`, \`--preset fast|balanced|sharp|reference\`.
- Everything about the model stands behind \`--\`, at the end: \`datum explain photo.jpg -m model.onnx -- --color bgr --labels names.txt\`.
- Read the sentence first: \`horse 99 %: depends most on the lower left of the picture. ... Map: repeatable, faithful.\` A map that is not faithful explains nothing.
- For programs: \`out/photo-explanation.json\`, \`out/findings.json\`; the fields are in docs/report.md and docs/reference/README.md.
- Every flag: \`datum explain --help --all\`. Every word: \`datum help words\`. What this machine can do: \`datum doctor\`.
`;

function page(path, title, note) {
  return { path, title, note };
}
