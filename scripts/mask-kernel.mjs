/**
 * Assembles src/models/scoring/kernel/mask.wat and writes it, as base64, to src/models/scoring/kernel/bytes.ts: `node
 * scripts/mask-kernel.mjs`. Run it after a change to the .wat; a test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import loadWabt from 'wabt';

const folder = new URL('../src/models/scoring/kernel/', import.meta.url);

/** The assembled kernel, as base64. */
export async function assembleKernel() {
  const wabt = await loadWabt();
  const module = wabt.parseWat('mask.wat', readFileSync(new URL('mask.wat', folder), 'utf8'), { simd: true });
  module.validate();
  return Buffer.from(module.toBinary({}).buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const base64 = await assembleKernel();
  const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
  writeFileSync(
    new URL('bytes.ts', folder),
    `/** mask.wat, assembled by scripts/mask-kernel.mjs. */\nexport const KERNEL_BASE64 =\n${lines.join(' +\n')};\n`,
  );
}
