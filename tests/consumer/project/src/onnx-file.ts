/** An ONNX file that looks at one region of an image: its map is there, and it can be watched, stopped, measured, written. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatumError, explain, measure, openModel, writeExplanation, type Snapshot } from 'datum-explain';
import { brightModel } from './bright-model.js';

const REGION = { x: 30, y: 4, width: 12, height: 8 };

await using model = await openModel(brightModel('inputs/model.onnx'), { workers: 1 });
assert.equal(model.info.name, 'model.onnx');

const [first, second] = await model.predict('inputs/white.png');
assert.deepEqual(first?.label, { id: 0, name: 'bright' });
assert.ok(Math.abs((first?.score ?? 0) - 1) < 1e-3);
assert.equal(second?.label.name, 'dark');

// Watched: the finished explanation can still be awaited. A quick run may end before its first snapshot.
const run = explain(model, 'inputs/white.png', { maxSamples: 400, snapshotInterval: 0 });
const snapshots: Snapshot[] = [];
for await (const snapshot of run) snapshots.push(snapshot);
const explanation = await run;
assert.ok(snapshots.every(({ samples }) => samples <= explanation.run.samples));

const [target] = explanation.targets;
assert.ok(target !== undefined);
assert.ok(target.reliability !== null && target.reliability > 0.8);
const { data, shape } = target.map;
assert.deepEqual([...shape], [32, 48]);
const inside = mean((x, y) => isInside(x, y));
const outside = mean((x, y) => !isInside(x, y));
assert.ok(inside > 4 * outside, `the map is where the model looks: ${inside} inside, ${outside} outside`);

const overlay = await target.overlay();
assert.deepEqual(
  [...overlay.subarray(1, 4)],
  [...'PNG'].map((letter) => letter.charCodeAt(0)),
);

// Measured: removing what the map shows first costs the score sooner than removing the opposite.
const good = await measure(model, 'inputs/white.png', { label: 'bright', map: target.map });
const opposite = { data: data.map((value) => -value), shape };
const bad = await measure(model, 'inputs/white.png', { label: 'bright', map: opposite });
assert.ok(good.deletion.auc < bad.deletion.auc);
assert.ok(good.insertion.auc > bad.insertion.auc);

const written = await writeExplanation(explanation, 'out/onnx');
assert.ok(written.files.length > 2);
for (const file of written.files) assert.ok(existsSync(join(written.folder, file)), file);

// Stopped, once a snapshot was seen: what there is stays. Cancelled: nothing does.
const endless = { maxSamples: 1_000_000_000, stopAt: 'off', snapshotInterval: 0 } as const;
const stopped = explain(model, 'inputs/white.png', endless);
for await (const snapshot of stopped) if (snapshot.samples > 0) stopped.stop();
assert.equal((await stopped).run.stopped, 'interrupted');
const cancelled = explain(model, 'inputs/white.png', endless);
cancelled.cancel();
await assert.rejects(async () => cancelled, { kind: 'interrupted' });

await assert.rejects(openModel('inputs/none.onnx'), (error) => error instanceof DatumError && error.kind === 'model');

function isInside(x: number, y: number): boolean {
  return x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
}

function mean(counts: (x: number, y: number) => boolean): number {
  const values = [...data].filter((_, i) => counts(i % shape[1], Math.floor(i / shape[1])));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
