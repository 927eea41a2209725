/**
 * The example's story, told by the library: two classifiers that are both right, one of them for the wrong reason, and
 * a detector. Prints what it finds and leaves images in `demo-out/`.
 */
import { fileURLToPath } from 'node:url';
import { explain, openModel, writeExplanation, type Box, type ExplainedTarget } from 'datum-explain';
import { exampleImages, type ExampleImage } from './annotations.js';

const OUT = process.argv[2] ?? 'demo-out';
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const images = exampleImages();

const CLASSIFIED = [
  'watermark_horse_06.jpg',
  'watermark_horse_03.jpg',
  'watermark_on_duck.jpg',
  'watermark_on_cow.jpg',
  'classifier_horse_1.jpg',
  'classifier_elephant_0.jpg',
];
const DETECTED = ['scene_03.jpg', 'scene_12.jpg'];

for (const name of ['shortcut', 'clean']) await explainClassifier(name);
await explainDetector();
console.log(`\nThe images are in ${OUT}/: open a *-overlay.png.`);

async function explainClassifier(name: string): Promise<void> {
  const model = await openModel(here(`classifier-${name}.onnx`));
  console.log(`\nclassifier-${name}.onnx`);
  const onMark: number[] = [];
  for (const file of CLASSIFIED) {
    const image = the(file);
    const explanation = await explain(model, image.path);
    await writeExplanation(explanation, `${OUT}/${name}`);
    const [target] = explanation.targets;
    if (target === undefined) continue;
    const onAnimal = percent(shareIn(target, image.animals));
    const mark = image.watermark;
    if (mark !== undefined) onMark.push(shareIn(target, [grown(mark)]) ?? 0);
    console.log(
      `  ${file.padEnd(26)} ${verdictOn(target, image).padEnd(30)} saliency: ${onAnimal} on the animal` +
        (mark === undefined ? '' : `, ${percent(onMark.at(-1) ?? 0)} on the watermark`) +
        `   (${explanation.run.samples} masks, reliability ${target.reliability?.toFixed(2) ?? 'unknown'})`,
    );
  }
  const mean = onMark.reduce((sum, share) => sum + share, 0) / onMark.length;
  console.log(
    mean > 0.4
      ? `  Right for the wrong reason: where there is a watermark, ${percent(mean)} of the saliency lies on it.`
      : `  It looks at the animals: ${percent(mean)} of the saliency lies on the watermark.`,
  );
  await model.close();
}

async function explainDetector(): Promise<void> {
  const model = await openModel(here('detector.onnx'));
  console.log('\ndetector.onnx');
  for (const file of DETECTED) {
    const image = the(file);
    const explanation = await explain(model, image.path);
    await writeExplanation(explanation, `${OUT}/detector`);
    for (const target of explanation.targets) {
      if (target.box === null) continue;
      const inside = percent(shareIn(target, [target.box]));
      const area = percent((target.box.width * target.box.height) / (image.width * image.height));
      console.log(
        `  ${file.padEnd(26)} ${`${target.label?.name ?? '?'} ${target.score.toFixed(2)}`.padEnd(30)} saliency: ${inside} inside its box, which covers ${area} of the image`,
      );
    }
  }
  await model.close();
}

function the(file: string): ExampleImage {
  const image = images.get(file);
  if (image === undefined) throw new Error(`the example has no image ${file}`);
  return image;
}

function verdictOn(target: ExplainedTarget, { label }: ExampleImage): string {
  const answer = `${target.label?.name ?? '?'} ${target.score.toFixed(2)}`;
  return target.label?.name === label ? `${answer}, right` : `${answer}, but it is a ${label ?? '?'}`;
}

/** The share of positive saliency in boxes; null for a map without any. */
function shareIn({ map }: ExplainedTarget, boxes: readonly Box[]): number | null {
  const [, width] = map.shape;
  let all = 0;
  let inside = 0;
  for (const [i, value] of map.data.entries()) {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const isIn = boxes.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
    all += Math.max(0, value);
    if (isIn) inside += Math.max(0, value);
  }
  return all > 0 ? inside / all : null;
}

/** A box and half a mask cell around it: a map of 23 px cells cannot be sharper. */
function grown({ x, y, width, height }: Box): Box {
  return { x: x - 12, y: y - 12, width: width + 24, height: height + 24 };
}

function percent(share: number | null): string {
  return share === null ? 'none' : `${Math.round(share * 100)} %`;
}
