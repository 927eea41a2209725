/** Maps of a planted model, whose right map is known: the right one wins, the opposite loses, and one without order is said to have none. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/results/npy.js';
import { checkSchema, type CheckedMap, type CheckRecord } from '../../src/results/schema/check.js';
import { datum } from '../helpers/cli.js';
import { paint, png } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier, plantedSsd } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const WIDTH = 48;
const HEIGHT = 32;
/** The class `bright` scores the mean brightness of this region. */
const REGION = { x: 28, y: 6, width: 10, height: 12 };
const CENTER = { x: REGION.x + REGION.width / 2, y: REGION.y + REGION.height / 2 };

/** Falls with the distance from the region's middle, at any size. */
function hill(width: number, height: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = (((i % width) + 0.5) / width) * WIDTH - CENTER.x;
    const y = ((Math.floor(i / width) + 0.5) / height) * HEIGHT - CENTER.y;
    return Math.exp(-(x * x + y * y) / 80);
  });
}

let photo: string;
let model: string;
const maps: Record<string, string> = {};
beforeAll(async () => {
  const image = paint(WIDTH, HEIGHT, (x, y) => {
    const inside = x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
    return inside ? [250, 240, 230] : [(x * 5) % 60, 40, (y * 7) % 60];
  });
  photo = folder.write('photo.png', await png(image));
  model = folder.write('model.onnx', plantedClassifier({ width: WIDTH, height: HEIGHT }, REGION));
  const right = hill(WIDTH, HEIGHT);
  maps['right'] = folder.write('right.npy', encodeNpy(right, [HEIGHT, WIDTH]));
  maps['coarse'] = folder.write('coarse.npy', encodeNpy(hill(12, 8), [1, 8, 12]));
  maps['inverted'] = folder.write(
    'inverted.npy',
    encodeNpy(
      right.map((value) => -value),
      [HEIGHT, WIDTH],
    ),
  );
  maps['flat'] = folder.write('flat.npy', encodeNpy(new Float32Array(49).fill(0.3), [7, 7]));
  maps['relu'] = folder.write(
    'relu.npy',
    encodeNpy(
      right.map((value) => Math.max(0, value - 0.5)),
      [HEIGHT, WIDTH],
    ),
  );
  const gray = Uint8Array.from(right, (value) => Math.round(255 * value));
  const raw = { width: WIDTH, height: HEIGHT, channels: 1 } as const;
  maps['gray'] = folder.write('gray.png', await sharp(gray, { raw }).toColourspace('b-w').png().toBuffer());
  maps['overlay'] = photo;
});

async function check(names: readonly string[], more: readonly string[] = []) {
  const paths = names.map((name) => maps[name] ?? name);
  const flags = ['--image', photo, '-m', model, '--workers', '1', ...more];
  return datum(['check', ...paths, ...flags, '--', ...CLASSIFIER_FLAGS]);
}

async function checked(names: readonly string[], more: readonly string[] = []): Promise<CheckRecord> {
  const { code, stdout, stderr } = await check(names, ['--json', ...more]);
  expect(code, stderr).toBe(0);
  return checkSchema.parse(JSON.parse(stdout));
}

const named = ({ maps: all }: CheckRecord, name: string): CheckedMap => all.find((map) => map.name === name)!;

describe('datum check', () => {
  it('finds the right map right, at any size and of either kind of file, and better than chance', async () => {
    const record = await checked(['right', 'coarse', 'gray'], ['--truth', '28,6,10,12']);
    expect(record.maps.map(({ name, origin }) => [name, origin])).toEqual([
      ['right.npy', 'given'],
      ['coarse.npy', 'given'],
      ['gray.png', 'given'],
      ['rise', 'method'],
      ['random', 'random'],
    ]);
    const chance = named(record, 'random').gain!;
    for (const name of ['right.npy', 'coarse.npy', 'gray.png', 'rise']) {
      const map = named(record, name);
      expect(map.gain!, name).toBeGreaterThan(chance + 0.3);
      expect(map.blurredGain!, name).toBeGreaterThan(named(record, 'random').blurredGain!);
      expect(map.advantage!, name).toBeGreaterThan(0.3);
      expect(map.pointing, name).toBe(true);
      expect(map.energyInObject!, name).toBeGreaterThan(0.2);
    }
    expect(named(record, 'rise').reliability).toBeGreaterThan(0.8);
  });

  it('measures in closed form: the score is what of the region is left', async () => {
    const record = await checked(['right'], ['--methods', 'none']);
    const { deletion } = named(record, 'right.npy');
    // In order of distance from the middle, pixels of equal distance in reading order.
    const order = [...hill(WIDTH, HEIGHT).entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([i]) => i);
    const inside = (i: number): boolean => {
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      return x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
    };
    const size = REGION.width * REGION.height;
    for (const [at, share] of deletion!.shares.entries()) {
      const gone = order.slice(0, Math.round(share * WIDTH * HEIGHT)).filter(inside).length;
      expect(deletion!.scores[at]).toBeCloseTo((240 / 255) * (1 - gone / size), 5);
    }
    expect(record.maps.map(({ name }) => name)).toEqual(['right.npy', 'random']);
  });

  it('says that the opposite misleads, and that a constant has no order', async () => {
    const record = await checked(['inverted', 'flat']);
    expect(named(record, 'inverted.npy').advantage!).toBeLessThan(0);
    expect(named(record, 'inverted.npy').gain!).toBeLessThan(named(record, 'random').gain!);
    expect(named(record, 'flat.npy')).toMatchObject({
      order: false,
      tied: 1,
      gain: null,
      advantage: null,
      deletion: null,
    });
    const { stdout } = await check(['inverted', 'flat', 'right', 'relu']);
    expect(stdout).toMatch(/inverted\.npy misleads: hiding what it marks changes .* less than hiding the same shape/);
    expect(stdout).toContain('flat.npy is the same everywhere: it puts no pixel before another');
    expect(stdout).toContain('no order');
    expect(stdout).toMatch(/right\.npy explains the score/);
    expect(stdout).toMatch(/relu\.npy explains the score.* \d\d % of its pixels have one value/);
    expect(stdout).toMatch(/rise \(ours\) explains the score/);
  });

  it('takes the class, and methods of this tool beside', async () => {
    const record = await checked(['right'], ['--label', '1', '--methods', 'occlusion,superpixels']);
    expect(record.target.label?.id).toBe(1);
    // What speaks for one of the two classes speaks against the other.
    expect(named(record, 'right.npy').advantage!).toBeLessThan(0);
    expect(record.maps.map(({ name }) => name)).toEqual(['right.npy', 'occlusion', 'superpixels', 'random']);
    expect(named(record, 'occlusion')).toMatchObject({ reliability: null, verdict: 'ok' });
  });

  it('is written, with a drawing of the curves', async () => {
    const evil = folder.write('a & <b>.npy', encodeNpy(hill(WIDTH, HEIGHT), [HEIGHT, WIDTH]));
    const { code, stdout, stderr } = await check([evil, 'flat'], ['-o', folder.at('out')]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Written to ${folder.at('out')}: check.json, curves.svg.`);
    const record = checkSchema.parse(JSON.parse(readFileSync(folder.at('out/check.json'), 'utf8')));
    expect(record.maps).toHaveLength(4);
    const svg = readFileSync(folder.at('out/curves.svg'), 'utf8');
    expect(svg).toContain('a &amp; &lt;b&gt;.npy');
    expect(svg).not.toContain('NaN');
    // Three maps in four drawings, and in the legend: the flat one has no curves.
    expect(svg.match(/stroke-linejoin="round"/g)).toHaveLength(3 * 5);
    const drawn = await sharp(Buffer.from(svg)).png().toBuffer();
    expect((await sharp(drawn).metadata()).width).toBeGreaterThan(500);
  });

  it('is of a box where one is named, which maps should point at', async () => {
    const object = { box: { x: 26, y: 4, width: 14, height: 16 }, label: 1, evidence: REGION, height: 0.9 };
    const detector = folder.write('detector.onnx', plantedSsd({ width: WIDTH, height: HEIGHT }, [object]));
    const box = ['--box', '26,4,14,16:1'];
    const args = ['check', maps['right']!, maps['inverted']!, '--image', photo, '-m', detector, ...box];
    const { code, stdout, stderr } = await datum([
      ...args,
      '--json',
      '--workers',
      '1',
      '--',
      '-i',
      'ssd',
      '--scale',
      '1/255',
    ]);
    expect(code, stderr).toBe(0);
    const record = checkSchema.parse(JSON.parse(stdout));
    expect(record.target).toMatchObject({ kind: 'bbox', bbox: [26, 4, 14, 16] });
    expect(record.truth).toEqual([[26, 4, 14, 16]]);
    expect(named(record, 'right.npy')).toMatchObject({ pointing: true });
    expect(named(record, 'right.npy').advantage!).toBeGreaterThan(named(record, 'inverted.npy').advantage!);
  });

  it('takes the object from the annotations of a dataset', async () => {
    const coco = {
      images: [{ id: 1, file_name: 'photo.png', width: WIDTH, height: HEIGHT }],
      categories: [{ id: 1, name: 'bright' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [28, 6, 10, 12], area: 120, iscrowd: 0 }],
    };
    folder.write('data/annotations/instances_train.json', JSON.stringify(coco));
    const inside = folder.write('data/images/train/photo.png', readFileSync(photo));
    const labels = ['--', ...CLASSIFIER_FLAGS, '--labels', folder.write('labels.txt', 'bright\ndark\n')];
    const run = async (image: string, ...more: string[]) =>
      datum([
        'check',
        maps['right']!,
        '--image',
        image,
        '-m',
        model,
        '--methods',
        'none',
        '--json',
        ...more,
        ...labels,
      ]);
    const dataset = ['--truth', `${folder.at('data')}:coco`];
    const { code, stdout, stderr } = await run(inside, ...dataset);
    expect(code, stderr).toBe(0);
    expect(checkSchema.parse(JSON.parse(stdout)).truth).toEqual([[28, 6, 10, 12]]);
    expect((await run(photo, ...dataset)).stderr).toContain('has no item with the image');
    expect((await run(inside, ...dataset, '--label', 'dark')).stderr).toContain('has no box of dark in');
  });

  it.each<[string, string[], RegExp]>([
    ['a colored overlay', ['overlay'], /photo\.png is a colored image/],
    ['a map that is not there', ['nowhere.npy'], /there is no map nowhere\.npy/],
    ['no image', ['right', '--image', 'nowhere.jpg'], /there is no image nowhere\.jpg/],
    ['no such class', ['right', '--label', 'zebra'], /zebra/],
    ['a box for a classifier', ['right', '--box', '1,2,3,4'], /--box is for detectors/],
    ['a box that is none', ['right', '--box', '1,2,3'], /--box takes x,y,w,h in pixels/],
    ['a truth that is none', ['right', '--truth', '1,2,3'], /--truth takes x,y,w,h in pixels/],
    ['no such method', ['right', '--methods', 'gradcam'], /there is no method 'gradcam'/],
    ['nothing to lie over', ['right', '--over', 'photo'], /--over is image or input/],
  ])('refuses %s', async (_, [name = '', ...more], sentence) => {
    const { code, stderr } = await check([name], more);
    expect(code).not.toBe(0);
    expect(code).not.toBe(70);
    expect(stderr).toMatch(sentence);
  });

  it('refuses a map with holes, and asks for what is missing', async () => {
    const holes = hill(WIDTH, HEIGHT);
    holes[50] = NaN;
    const path = folder.write('holes.npy', encodeNpy(holes, [HEIGHT, WIDTH]));
    expect((await check([path])).stderr).toContain('holes.npy has NaN in row 1, column 2: give finite numbers.');
    expect((await datum(['check', maps['right']!, '-m', model])).stderr).toContain(
      'name the image that the maps are of with --image',
    );
    expect((await datum(['check', maps['right']!, '--image', photo])).stderr).toContain('name the model with -m');
    expect((await datum(['check', '--image', photo, '-m', model])).code).toBe(2);
  });
});

describe('a map over the model’s input', () => {
  it('is cropped and padded as the image is', async () => {
    // A photo twice as wide as the model's input, of which a center crop shows the middle half.
    const wide = paint(2 * WIDTH, HEIGHT, (x, y) => {
      const [a, b] = [x - WIDTH / 2, y];
      const inside = a >= REGION.x && a < REGION.x + REGION.width && b >= REGION.y && b < REGION.y + REGION.height;
      return inside ? [250, 240, 230] : [30, 40, (x * 7) % 60];
    });
    const path = folder.write('wide.png', await png(wide));
    const run = async (...more: string[]) =>
      datum([
        'check',
        maps['right']!,
        '--image',
        path,
        '-m',
        model,
        '--methods',
        'none',
        '--json',
        ...more,
        '--',
        ...CLASSIFIER_FLAGS,
        '--resize',
        'center-crop',
      ]);
    const [input, image] = [await run('--over', 'input'), await run()];
    const of = (text: string): number => named(checkSchema.parse(JSON.parse(text)), 'right.npy').advantage!;
    expect(of(input.stdout)).toBeGreaterThan(of(image.stdout) + 0.1);
    expect(image.stderr).toContain(
      "right.npy is as large as the model's input, 48 x 32, and is taken to lie over the whole image",
    );
    expect(input.stderr).not.toContain('is taken to lie');
  });
});
