/**
 * `npm run bench -- TASK [arguments]`: runs one benchmark and adds its figures to `bench/results/<cpu>.csv`. Compare
 * figures of one run with each other: machines differ, and so does one machine from hour to hour.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import type { BenchTask } from './task.js';

const TASKS: Readonly<Record<string, () => Promise<BenchTask>>> = {
  advice: async () => (await import('./tasks/advice.js')).advice,
  peers: async () => (await import('./tasks/peers.js')).peers,
  python: async () => (await import('./tasks/python.js')).python,
  openvino: async () => (await import('./tasks/openvino.js')).openvino,
  trust: async () => (await import('./tasks/trust.js')).trust,
  quality: async () => (await import('./tasks/quality.js')).quality,
  fidelity: async () => (await import('./tasks/fidelity.js')).fidelity,
  calibration: async () => (await import('./tasks/calibration.js')).calibration,
  throughput: async () => (await import('./tasks/throughput.js')).throughput,
  memory: async () => (await import('./tasks/memory.js')).memory,
  live: async () => (await import('./tasks/live.js')).live,
  datasets: async () => (await import('./tasks/datasets.js')).datasets,
  'many-files': async () => (await import('./tasks/many-files.js')).manyFiles,
  findings: async () => (await import('./tasks/findings.js')).findings,
  report: async () => (await import('./tasks/report.js')).report,
  dataset: async () => (await import('./tasks/dataset.js')).dataset,
  agreement: async () => (await import('./tasks/agreement.js')).agreementOfMaps,
};

const [name = '', ...args] = process.argv.slice(2);
const load = TASKS[name];
if (load === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(TASKS).join('|')} [arguments]`);
  process.exit(2);
}
const task = await load();
console.log(`${task.name}: ${task.title}`);
const measurements = await task.run(args);

const cpu = (cpus()[0]?.model ?? 'unknown').trim();
const folder = new URL('./results/', import.meta.url);
const file = new URL(`${cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${cpus().length}.csv`, folder);
mkdirSync(folder, { recursive: true });
if (!existsSync(file)) appendFileSync(file, 'date,commit,task,measurement,value,unit\n');
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const date = new Date().toISOString().slice(0, 10);
for (const one of measurements) {
  appendFileSync(file, `${date},${commit},${task.name},${one.name},${one.value.toPrecision(5)},${one.unit}\n`);
}
