/**
 * `npm run demo`: installs when needed, builds, tells the example's story (examples/animals/demo.ts), then explains all its
 * images for both classifiers and puts what is found into one report, side by side.
 */
import { join } from 'node:path';
import { build, installIfNeeded, root, run, runLocal } from './setup.mjs';

installIfNeeded();
build();
const out = process.argv[2] ?? 'demo-out';
runLocal('jiti', ['examples/animals/demo.ts', out]);

const datum = (...args) => run(process.execPath, [join(root, 'dist/cli/bin.js'), ...args]);
const folders = ['shortcut', 'clean'].map((name) => {
  const folder = join(out, 'explained', name);
  console.log(`\nAll sixty images, explained for classifier-${name}.onnx:`);
  const model = `examples/animals/classifier-${name}.onnx`;
  datum('explain', 'examples/animals:coco', '-m', model, '-o', folder, 'rise', '--max-samples', '256');
  return folder;
});
console.log('\nBoth side by side:');
datum('report', ...folders, '-o', out);
