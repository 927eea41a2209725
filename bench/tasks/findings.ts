import { findingsOf, type FindingKind } from '../../src/findings/index.js';
import { plantedEvidence, type Planted } from '../../tests/helpers/planted-evidence.js';
import type { BenchTask, Measurement } from '../task.js';

type Plan = Omit<Planted, 'seed'>;

/** Sound models on clean data, by name. */
const CLEAN: readonly (readonly [string, Plan])[] = [
  ['boxes', {}],
  ['boxes-small-classes', { perClass: 7 }],
  ['no-boxes', { withoutBoxes: true }],
  ['boxes-placed', { placed: true }],
];

const MARK = { label: 'horse', share: 0.6, at: { x: 0.8, y: 0.82, width: 0.15, height: 0.12 } };

/** What is wrong, by the finding and the class that should tell. */
const WRONG: readonly (readonly [FindingKind, string, string, Plan])[] = [
  ['shared-spot', 'horse', 'mark', { mark: MARK }],
  ['shared-spot', 'horse', 'mark-small-classes', { mark: MARK, perClass: 7 }],
  ['wrong-reason', 'car', 'elsewhere', { elsewhere: { label: 'car', share: 0.4 } }],
  ['other-object', 'horse', 'leaning', { leaning: { label: 'horse', on: 'dog' } }],
  ['label-error', '', 'mislabelled', { mislabelled: 5 }],
  ['confusion', 'cat', 'confused', { confused: { label: 'cat', as: 'dog', share: 0.3 } }],
  ['fragile', 'cow', 'fragile', { fragile: { label: 'cow', share: 0.4 } }],
  ['unstable', 'cow', 'lost', { lost: { label: 'cow', share: 0.4 } }],
];

/** How often findings are made of sound models on clean data, and how often what is planted is found. */
export const findings: BenchTask = {
  name: 'findings',
  title: 'findings of sound models (false alarms) and of planted faults',
  run(args) {
    const clean = Number(args[0] ?? 200);
    const faulty = Number(args[1] ?? 40);
    const measured: Measurement[] = [];
    for (const [name, plan] of CLEAN) {
      const found = Array.from({ length: clean }, (_, i) => kindsOf(1000 + i, plan));
      const grave = found.filter((kinds) => kinds.some(isGrave)).length;
      const other = found.filter((kinds) => kinds.some((kind) => !isGrave(kind)));
      const which = [...new Set(other.flat())].filter((kind) => !isGrave(kind)).join(', ');
      console.log(
        `  ${name}, ${clean} clean datasets: ${grave} with a shared spot or a wrong reason, ${other.length} with another finding${which === '' ? '' : ` (${which})`}`,
      );
      measured.push({ name: `${name}-grave`, value: grave / clean, unit: 'share' });
      measured.push({ name: `${name}-other`, value: other.length / clean, unit: 'share' });
    }
    for (const [kind, label, name, plan] of WRONG) {
      const found = Array.from({ length: faulty }, (_, i) => hasFound(2000 + i, plan, kind, label));
      const hits = found.filter(Boolean).length;
      console.log(`  ${name}: ${kind} found in ${hits} of ${faulty} datasets`);
      measured.push({ name: `${name}-found`, value: hits / faulty, unit: 'share' });
    }
    return Promise.resolve(measured);
  },
};

function kindsOf(seed: number, plan: Plan): FindingKind[] {
  return findingsOf(plantedEvidence({ seed, ...plan })).findings.map(({ kind }) => kind);
}

function hasFound(seed: number, plan: Plan, wanted: FindingKind, label: string): boolean {
  return findingsOf(plantedEvidence({ seed, ...plan })).findings.some(
    ({ kind, classes }) => kind === wanted && (label === '' || classes.includes(label)),
  );
}

function isGrave(kind: FindingKind): boolean {
  return kind === 'shared-spot' || kind === 'wrong-reason';
}
