import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchTask } from '../task.js';

const MODEL = fileURLToPath(new URL('../../../shared/assets/onnx/mobilenetv2-12-qdq.onnx', import.meta.url));
const PHOTO = fileURLToPath(new URL('../../../shared/assets/photos/catdog.png', import.meta.url));
const MAIN = new URL('../../dist/cli/main.js', import.meta.url).href;
const IO = new URL('../../dist/cli/io.js', import.meta.url).href;

/** Peak resident memory of the whole command at many masks over that at few. */
export const memory: BenchTask = {
  name: 'memory',
  title: 'peak memory at 8000 masks over that at 500',
  run() {
    if (!existsSync(MODEL)) throw new Error('this benchmark needs ../shared/assets');
    const few = peak(500);
    const many = peak(8000);
    console.log(`  500 masks: ${few} MiB; 8000 masks: ${many} MiB; ratio ${(many / few).toFixed(3)}`);
    return Promise.resolve([
      { name: 'peak-500', value: few, unit: 'MiB' },
      { name: 'ratio-8000-over-500', value: many / few, unit: 'ratio' },
    ]);
  },
};

/** Peak resident memory of one run of the command, in MiB, as the kernel counts it. */
function peak(masks: number): number {
  const args = [
    'explain',
    PHOTO,
    '-m',
    MODEL,
    'rise',
    '-s',
    String(masks),
    '--sampler',
    'random',
    '--estimator',
    'centered',
  ];
  const script = `
    import { main } from ${JSON.stringify(MAIN)};
    import { outputTo } from ${JSON.stringify(IO)};
    const io = { stdout: outputTo({ write() {} }), stderr: outputTo(process.stderr), signal: new AbortController().signal };
    const code = await main(${JSON.stringify(args)}, io);
    if (code !== 0) process.exit(code);
    console.log(process.resourceUsage().maxRSS);`;
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  try {
    // A file: threads take the flags of their process over, and cannot be started with those of a script on the line.
    const file = join(folder, 'script.mjs');
    writeFileSync(file, script);
    const text = execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: folder });
    return Math.round(Number(text.trim().split('\n').at(-1)) / 1024);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
