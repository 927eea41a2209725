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
      page('troubleshooting.md', 'Troubleshooting', 'messages, what they mean, and what to do'),
    ],
  },
  {
    heading: 'Reference',
    pages: [
      page('glossary.md', 'Words and figures', 'what each word and figure of results means'),
      page('commands.md', 'Commands', 'every command and flag'),
      page('files.md', 'Files', 'every file that is written, field by field'),
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
      page('comparison.md', 'Beside other tools', 'which tool is better at what, and when to take another'),
      page('performance.md', 'Performance', 'where the time goes'),
      page('reliability.md', 'Reliability', "what is promised of files, input and others' code"),
      page('architecture.md', 'Architecture', 'how it is built'),
    ],
  },
  {
    heading: 'Research',
    pages: [
      page('research/README.md', 'Measurements', 'what was measured, how, and with what result'),
      page('research/fidelity.md', 'How good maps are', 'fidelity, deletion and insertion, calibration, what was tried'),
      page('research/trust.md', 'How often the verdict is right', 'the test of faithfulness against two truths'),
      page('research/presets.md', 'Which masks', 'the study behind the presets'),
      page('research/findings.md', 'How often findings are wrong', 'planted datasets, sound models'),
      page('research/voc.md', 'YOLOX-nano on VOC', 'a dataset run in figures'),
      page('research/comparison.md', 'Beside other tools, in full', 'every table of the comparison'),
      page('research/performance.md', 'Time, measured', 'ratios over plain runs, and what made the difference'),
      page('research/newcomer.md', "A newcomer's protocol", 'three commands, word by word, and what was mended'),
    ],
  },
];

function page(path, title, note) {
  return { path, title, note };
}
