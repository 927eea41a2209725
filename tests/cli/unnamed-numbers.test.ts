/** Numbers that nothing names: a regression is refused by what it answers, what may be classes is explained in doubt. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/index.js';
import { datum } from '../helpers/cli.js';
import { png, speckled } from '../helpers/images.js';
import { regionMean } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const SIZE = 32;
const REGION = { x: 4, y: 4, width: 12, height: 12 };
let photo: string;
beforeAll(async () => {
  photo = folder.write('photo.png', await png(speckled(SIZE, SIZE)));
});

/** Numbers that grow with the brightness of a region, each by its weight, from its bias on: `output` `[batch, numbers]`. */
function rows(batch: number | string, weights: readonly number[], bias: readonly number[]): string {
  const graph = new GraphBuilder();
  const image = graph.input('x', 'float32', [batch, 3, SIZE, SIZE]);
  const mean = graph.node('Reshape', [regionMean(graph, image, REGION), graph.ints([-1, 1])]);
  const layer = graph.node('Gemm', [
    mean,
    graph.constant(Float32Array.from(weights), [1, weights.length]),
    graph.constant(Float32Array.from(bias)),
  ]);
  graph.output(layer, 'output', 'float32', [batch, weights.length]);
  return folder.write(`net-${batch}-${bias.join('_')}.onnx`, graph.encode());
}

const explained = (model: string, launcher: readonly string[] = [], ...before: string[]) =>
  datum(['explain', photo, ...before, '-m', model, 'rise', '-s', '32', '--workers', '1', '--', ...launcher]);
const DOUBT = 'These may be no classes: nothing in the model says so';

describe.each([1, 'N'])('a batch of %s', (batch) => {
  it('angles are refused', async () => {
    const { code, stderr } = await explained(rows(batch, [2, -3, 1], [12, -40, 5]));
    expect(code).not.toBe(0);
    expect(stderr).toContain('"output" [1, 3] is perhaps a regression');
    expect(stderr).toContain('with the image hidden they still lie 52 apart');
    expect(stderr).toContain('say -i classification, or give their names with --labels');
  });

  it('what may be classes is explained, and the table doubts it', async () => {
    const model = rows(batch, [4, -3, -1], [0.1, 0, -0.1]);
    const { code, stdout, stderr } = await explained(model);
    expect(code).toBe(0);
    expect(stdout).toContain('a class?');
    expect(stdout.indexOf(DOUBT)).toBeGreaterThan(stdout.indexOf('class 0'));
    expect(stdout).toContain('give their names with --labels; if not, read them with a script, whose path -i takes.');
    expect(stderr).not.toContain(DOUBT);
    expect((await explained(model, [], '--json')).stderr).toContain(DOUBT);
    const chosen = await explained(model, ['-i', 'classification']);
    expect(chosen.stdout).not.toContain(DOUBT);
    expect(chosen.stdout).toContain('answer');
    const named = await explained(model, ['--labels', folder.write('names.txt', 'cat\ndog\nowl\n')]);
    expect(named.stdout + named.stderr).not.toContain(DOUBT);
  });
});
