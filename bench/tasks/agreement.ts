import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { coarseMapData } from '../../src/report/html/map-data.js';
import { AGREE, agreement } from '../../src/web/client/shared/agreement.js';
import { decodeMap, type SaliencyMap } from '../../src/web/client/shared/saliency-map.js';
import { median, type BenchTask, type Measurement } from '../task.js';

const ANIMALS = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const DATUM = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

const itemSchema = z.object({
  id: z.string(),
  targets: z.array(
    z.object({
      label: z.object({ name: z.string() }),
      verdict: z.string(),
      outcome: z.string().nullable(),
      energyInObject: z.number().nullable(),
      objectArea: z.number().nullable(),
      coarse: z.array(z.number()),
    }),
  ),
});

interface Answer {
  readonly label: string;
  readonly map: SaliencyMap;
  /** Whether the object holds no more of the map than chance puts there. */
  readonly beside: boolean;
}

/**
 * How alike maps of one model are that were made with different masks, and maps of two models: by that the cut is chosen
 * from which on a comparison says that maps agree.
 */
export const agreementOfMaps: BenchTask = {
  name: 'agreement',
  title: 'correlations of maps: one model under two seeds, and two models',
  run() {
    const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
    try {
      const explained = (model: string, seed: number): Map<string, Answer> => {
        const out = join(folder, `${model}-${seed}`);
        const words = ['explain', `${ANIMALS}:coco`, '-m', `${ANIMALS}classifier-${model}.onnx`, '-o', out];
        execFileSync(process.execPath, [DATUM, ...words, '--max-samples', '256', '--seed', String(seed)], {
          stdio: 'ignore',
        });
        return answersIn(out);
      };
      const [shortcut, clean] = [explained('shortcut', 0), explained('clean', 0)];
      const pairs = [
        ...kinds(shortcut, explained('shortcut', 1), 'one model'),
        ...kinds(clean, explained('clean', 1), 'one model'),
        ...kinds(shortcut, clean, 'two models'),
      ];
      return Promise.resolve(told(pairs));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function answersIn(folder: string): Map<string, Answer> {
  const lines = readFileSync(join(folder, 'items.jsonl'), 'utf8').trim().split('\n');
  return new Map(
    lines.flatMap((line): [string, Answer][] => {
      const { id, targets } = itemSchema.parse(JSON.parse(line));
      const target = targets.find(({ outcome, verdict }) => outcome !== 'missed' && verdict === 'ok');
      if (target === undefined) return [];
      const { label, coarse, energyInObject, objectArea } = target;
      const beside = energyInObject !== null && objectArea !== null && energyInObject <= objectArea;
      return [[id, { label: label.name, map: decodeMap(coarseMapData(coarse)), beside }]];
    }),
  );
}

function kinds(one: Map<string, Answer>, other: Map<string, Answer>, name: string): [string, number][] {
  return [...one].flatMap(([id, a]): [string, number][] => {
    const b = other.get(id);
    if (b === undefined) return [];
    const kind =
      a.label !== b.label ? 'another answer' : a.beside !== b.beside ? 'same answer, one beside' : 'same answer';
    const alike = agreement(a.map, b.map);
    return alike === null ? [] : [[`${name}, ${kind}`, alike]];
  });
}

function told(pairs: readonly (readonly [string, number])[]): Measurement[] {
  return [...new Set(pairs.map(([kind]) => kind))].flatMap((kind): Measurement[] => {
    const values = pairs.flatMap(([one, value]) => (one === kind ? [value] : [])).sort((a, b) => a - b);
    const agree = values.filter((value) => value >= AGREE).length;
    const spread = [0, 0.05, 0.25, 0.5, 0.75, 0.95].map((share) =>
      values[Math.floor(share * values.length)]!.toFixed(2),
    );
    console.log(
      `  ${kind}: ${agree} of ${values.length} from ${AGREE} on; least, 5, 25, 50, 75, 95 % ${spread.join(' ')}, most ${values.at(-1)!.toFixed(2)}`,
    );
    return [
      { name: `${kind}: median`, value: median(values), unit: 'correlation' },
      { name: `${kind}: from ${AGREE} on`, value: agree / values.length, unit: 'share' },
    ];
  });
}
