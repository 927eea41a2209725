import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { median, type BenchTask } from '../task.js';

const ASSETS = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
/** Masks of a long and a short run: what starting costs is in both. */
const MASKS = [1200, 200] as const;

/** One model by ONNX Runtime in Python processes and in this program's threads, in turn: seconds and CPU seconds for 1000 masks. */
export const python: BenchTask = {
  name: 'python',
  title: 'a model in Python processes against the same in threads; arguments: rounds (5), Python with onnxruntime',
  run([rounds = '5', command = process.env['DATUM_TEST_PYTHON'] ?? 'python3']) {
    if (!existsSync(ASSETS)) throw new Error('this benchmark needs ../shared/assets');
    const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
    try {
      const model = `${ASSETS}onnx/mobilenetv2-12-qdq.onnx`;
      const file = join(folder, 'model.py');
      writeFileSync(
        file,
        `import onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
model = onnxruntime.InferenceSession(${JSON.stringify(model)}, options)
`,
      );
      // Children outlive the command by a moment, so that its own clock does not count them: they count themselves.
      const clock = join(folder, 'clock');
      const counted = join(folder, 'python');
      writeFileSync(clock, '');
      writeFileSync(
        counted,
        `#!/usr/bin/env bash\nset -m\ntrap '' TERM\nTIMEFORMAT='%U %S'\n{ time ${command} "$@" 2>/dev/null; } 2>>${clock}\n`,
        { mode: 0o755 },
      );
      const photo = `${ASSETS}photos/catdog.png`;
      const ratios: { wall: number; cpu: number }[] = [];
      for (let round = 0; round < Number(rounds); round++) {
        const inThreads = thousand(photo, model, [], folder);
        const inPython = thousand(photo, file, ['--', '--python', counted], folder);
        ratios.push({ wall: inPython.wall / inThreads.wall, cpu: inPython.cpu / inThreads.cpu });
        console.log(
          `threads ${inThreads.wall.toFixed(2)} s, ${inThreads.cpu.toFixed(2)} CPU s; Python ${inPython.wall.toFixed(2)} s, ${inPython.cpu.toFixed(2)} CPU s`,
        );
      }
      const wall = median(ratios.map((ratio) => ratio.wall));
      const cpu = median(ratios.map((ratio) => ratio.cpu));
      console.log(`Python over threads, medians: wall ${wall.toFixed(2)}, CPU ${cpu.toFixed(2)}`);
      return Promise.resolve([
        { name: 'python_wall', value: wall, unit: 'ratio' },
        { name: 'python_cpu', value: cpu, unit: 'ratio' },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Seconds and CPU seconds, those of children too, of a thousand masks: the difference of two runs. */
function thousand(
  photo: string,
  model: string,
  args: readonly string[],
  folder: string,
): { wall: number; cpu: number } {
  const [long, short] = MASKS.map((masks) => timed(photo, model, masks, args, folder));
  if (long === undefined || short === undefined) throw new Error('no runs');
  return { wall: long.wall - short.wall, cpu: long.cpu - short.cpu };
}

function timed(photo: string, model: string, masks: number, args: readonly string[], folder: string) {
  const options = ['rise', '--max-samples', String(masks), '--stop-at', 'off', '--metrics', 'none', '--save', 'json'];
  const out = join(folder, 'out');
  const command = [process.execPath, COMMAND, 'explain', photo, '-m', model, '-o', out, ...options, ...args];
  const clock = join(folder, 'clock');
  writeFileSync(clock, '');
  const program = 'TIMEFORMAT="%R %U %S"; time "$@" 2>/dev/null >/dev/null; sleep 1';
  const { stderr } = spawnSync('bash', ['-c', program, '-', ...command], { encoding: 'utf8' });
  const [wall = NaN, user = NaN, system = NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  // Beside the times stand the shell's own words on a child that was ended by a signal.
  const children = [...readFileSync(clock, 'utf8').matchAll(/^([\d.]+) ([\d.]+)$/gm)].flatMap(([, a, b]) => [
    Number(a),
    Number(b),
  ]);
  const cpu = children.reduce((sum, seconds) => sum + seconds, user + system);
  if (!Number.isFinite(cpu)) throw new Error(`a run failed: ${stderr}`);
  return { wall, cpu };
}
