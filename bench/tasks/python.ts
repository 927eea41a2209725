import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { openModel } from '../../src/models/open.js';
import { openImage } from '../../src/runs/open-image.js';
import { explain } from '../../tests/helpers/explain.js';
import { median, type BenchTask } from '../task.js';

const ASSETS = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));
/** Masks of a block, and of the shorter one before it: sessions that lay idle while the others ran are slow at first. */
const MASKS = 256;
const WARM_UP = 64;

/**
 * One model by ONNX Runtime in Python processes and in this program's threads, both open, in short blocks in turn: seconds and CPU
 * seconds of this program and its processes.
 */
export const python: BenchTask = {
  name: 'python',
  title: 'a model in Python processes against the same in threads; arguments: rounds (15), Python with onnxruntime',
  async run([rounds = '15', command = process.env['DATUM_TEST_PYTHON'] ?? 'python3']) {
    if (!existsSync(ASSETS)) throw new Error('this benchmark needs ../shared/assets');
    const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
    const path = `${ASSETS}onnx/mobilenetv2-12-qdq.onnx`;
    const file = join(folder, 'model.py');
    writeFileSync(
      file,
      `import onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
model = onnxruntime.InferenceSession(${JSON.stringify(path)}, options)
`,
    );
    const workers = availableParallelism();
    const { pixels: image } = await openImage(`${ASSETS}photos/catdog.png`);
    const inThreads = await openModel(path, { workers });
    const inPython = await openModel({ launcher: 'python', description: file, python: command }, { workers });
    try {
      const block = async (model: typeof inThreads, maxSamples: number): Promise<void> => {
        await explain(model, image, { maxSamples, stopAt: 'off' });
      };
      const timed = async (model: typeof inThreads): Promise<{ wall: number; cpu: number }> => {
        await block(model, WARM_UP);
        const [wall, cpu] = [performance.now(), cpuSeconds()];
        await block(model, MASKS);
        return { wall: (performance.now() - wall) / 1000, cpu: cpuSeconds() - cpu };
      };
      // Compilers warm up, and the last processes start.
      for (const model of [inThreads, inPython]) await block(model, 4 * MASKS);
      const ratios: { wall: number; cpu: number }[] = [];
      for (let round = 0; round < Number(rounds); round++) {
        const threads = await timed(inThreads);
        const children = await timed(inPython);
        ratios.push({ wall: children.wall / threads.wall, cpu: children.cpu / threads.cpu });
      }
      const spread = (of: 'wall' | 'cpu'): string => {
        const values = ratios.map((ratio) => ratio[of]).sort((a, b) => a - b);
        return `${median(values).toFixed(2)} (${values.map((value) => value.toFixed(2)).join(' ')})`;
      };
      console.log(`Python over threads, medians: wall ${spread('wall')}, CPU ${spread('cpu')}`);
      return [
        { name: 'python_wall', value: median(ratios.map(({ wall }) => wall)), unit: 'ratio' },
        { name: 'python_cpu', value: median(ratios.map(({ cpu }) => cpu)), unit: 'ratio' },
      ];
    } finally {
      await Promise.all([inThreads.close(), inPython.close()]);
      rmSync(folder, { recursive: true });
    }
  },
};

/** Ticks of /proc in a second. */
const TICKS = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);

/** CPU seconds so far of this program and of the processes that it started (Linux). */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, , parent, ...rest] = statOf(pid);
    // Fields of proc(5): user and system time are the 14th and 15th.
    if (Number(parent) === process.pid) ticks += Number(rest[9]) + Number(rest[10]);
  }
  return (user + system) / 1e6 + ticks / TICKS;
}

/** Fields of a process from its state on, after a name of its own. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return [pid, ...text.slice(text.lastIndexOf(')') + 2).split(' ')];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
