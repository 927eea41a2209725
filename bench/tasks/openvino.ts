import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onnxLauncher } from '../../src/launchers/onnx/index.js';
import { openvinoLauncher } from '../../src/launchers/openvino/index.js';
import type { Session, Tensor } from '../../src/launchers/types.js';
import { median, type BenchTask, type Measurement } from '../task.js';

const ASSETS = new URL('../../../shared/assets/', import.meta.url);
const RUNS = 10;

const VARIANTS = [
  ['v3', 'ir/squeezenet1.1/FP16-v3/squeezenet1.1_FP16.xml'],
  ['v10', 'ir/squeezenet1.1/FP16-v10/squeezenet1.1.xml'],
  ['v11', 'ir/squeezenet1.1/FP16-v11/squeezenet1.1.xml'],
] as const;

/**
 * Processor time of SqueezeNet from OpenVINO IR over that of the same network as ONNX, one thread each, in turns. Time
 * of the processor, not of the clock: other load on the machine does not count.
 */
export const openvino: BenchTask = {
  name: 'openvino',
  title: 'SqueezeNet from OpenVINO IR over the same network as ONNX, processor time',
  async run(args) {
    const repeats = Number(args[0] ?? 15);
    if (!existsSync(ASSETS)) {
      console.log('  ../shared/assets is not there');
      return [];
    }
    const feed = {
      data: Float32Array.from({ length: 3 * 227 * 227 }, (_, i) => (i * 7919) % 256),
      shape: [1, 3, 227, 227],
    };
    const path = (name: string): string => fileURLToPath(new URL(name, ASSETS));
    const onnx = await onnxLauncher.prepare({ description: path('onnx/squeezenet1.1.onnx'), device: 'cpu' });
    const sessions: [string, Session][] = [['onnx', await onnxLauncher.open(onnx, 1)]];
    for (const [name, file] of VARIANTS) {
      const prepared = await openvinoLauncher.prepare({ description: path(file), device: 'cpu' });
      sessions.push([name, await openvinoLauncher.open(prepared, 1)]);
    }
    const times = new Map<string, number[]>(sessions.map(([name]) => [name, []]));
    for (let i = 0; i < repeats; i++) {
      for (const [name, session] of sessions) times.get(name)?.push(await processorTime(session, feed));
    }
    const base = median(times.get('onnx') ?? []);
    const measurements: Measurement[] = VARIANTS.map(([name]) => {
      const ratio = median(times.get(name) ?? []) / base;
      console.log(`  IR ${name.padEnd(4)} ${(ratio * base).toFixed(2)} ms a run, ratio ${ratio.toFixed(3)}`);
      return { name: `squeezenet ${name} over onnx`, value: ratio, unit: 'ratio' };
    });
    for (const [, session] of sessions) await session.close();
    return measurements;
  },
};

/** Milliseconds of the processor a run. */
async function processorTime(session: Session, feed: Tensor): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) await session.run({ data: feed });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / RUNS;
}
