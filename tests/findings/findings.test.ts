import { describe, expect, it } from 'vitest';
import { findingsOf, leftOutText, type Evidence, type FindingKind } from '../../src/findings/index.js';
import { plantedEvidence, type Planted } from '../helpers/planted-evidence.js';

const SEEDS = [1, 2, 3, 4, 5];
const CORNER = { x: 0.8, y: 0.82, width: 0.15, height: 0.12 };

/** Kind and classes of every finding, for each seed. */
function foundOver(planted: Omit<Planted, 'seed'>): string[][] {
  return SEEDS.map((seed) =>
    findingsOf(plantedEvidence({ seed, ...planted })).findings.map(
      ({ kind, classes }) => `${kind}: ${classes.join(', ')}`,
    ),
  );
}

describe('findings where nothing is planted', () => {
  it.each<[string, Omit<Planted, 'seed'>]>([
    ['25 images a class', {}],
    ['7 images a class', { perClass: 7 }],
    ['images without boxes', { withoutBoxes: true }],
    ['classes that stand in places of their own, with boxes', { placed: true }],
  ])('has none for a sound model: %s', (_, planted) => {
    expect(foundOver(planted).flat()).toEqual([]);
  });

  it('says of every check what was looked at, or why it was not made', () => {
    const { checks } = findingsOf({ items: [], maskCell: 1 / 7, seed: 0 });
    expect(checks.map(({ looked, untested }) => [looked, untested])).toMatchInlineSnapshot(`
      [
        [
          0,
          "maps are compared only where a dataset was explained",
        ],
        [
          0,
          "the images have no annotations",
        ],
        [
          0,
          "no two classes stand together in 5 explained images with boxes",
        ],
        [
          0,
          "no answer could be compared with annotations",
        ],
        [
          0,
          "no answer could be compared with annotations",
        ],
        [
          0,
          "no decision boundary was measured for a right answer",
        ],
        [
          0,
          "the run did not estimate how reliable its maps are",
        ],
      ]
    `);
  });
});

describe('planted findings', () => {
  it.each<[FindingKind, string, Omit<Planted, 'seed'>]>([
    ['shared-spot', 'horse', { mark: { label: 'horse', share: 0.6, at: CORNER } }],
    ['shared-spot', 'horse', { mark: { label: 'horse', share: 0.6, at: CORNER }, perClass: 7 }],
    ['shared-spot', 'horse', { mark: { label: 'horse', share: 0.6, at: CORNER }, withoutBoxes: true }],
    ['wrong-reason', 'car', { elsewhere: { label: 'car', share: 0.4 } }],
    ['other-object', 'horse, dog', { leaning: { label: 'horse', on: 'dog' } }],
    ['confusion', 'cat, dog', { confused: { label: 'cat', as: 'dog', share: 0.3 } }],
    ['fragile', 'cow', { fragile: { label: 'cow', share: 0.4 } }],
    ['unstable', 'cow', { lost: { label: 'cow', share: 0.4 } }],
  ])('%s of %s is found, and nothing else', (kind, classes, planted) => {
    expect(foundOver(planted)).toEqual(SEEDS.map(() => [`${kind}: ${classes}`]));
  });

  it('likely label errors are those planted', () => {
    for (const seed of SEEDS) {
      const evidence = plantedEvidence({ seed, mislabelled: 5 });
      const { findings } = findingsOf(evidence);
      const planted = evidence.items.filter(({ targets }) => targets[0]?.score === 0.999).map(({ id }) => id);
      expect(findings.map(({ kind }) => kind)).toEqual(['label-error']);
      expect(findings[0]?.examples.map(({ item }) => item).sort()).toEqual(planted.sort());
    }
  });

  it('a spot is outlined where it was planted, with figures and the worst examples first', () => {
    const [finding] = findingsOf(
      plantedEvidence({ seed: 1, mark: { label: 'horse', share: 0.6, at: CORNER } }),
    ).findings;
    expect(finding?.region?.x).toBeGreaterThan(0.6);
    expect(finding?.region?.y).toBeGreaterThan(0.6);
    expect(finding?.sentence).toMatchInlineSnapshot(
      `"In 13 of 21 images of “horse” (41–79 %) the map gathers in the same spot beside the objects, at the lower right corner: it holds 26 % of the map, where chance gives 8.6 % and the other classes 2.2 %."`,
    );
    expect(finding?.test?.p).toBeLessThan(0.05);
    // Marked images are the first 15 of the class.
    expect(finding?.examples.slice(0, 5).every(({ item }) => /horse\/0(0\d|1[0-4])/.test(item))).toBe(true);
  });

  it('the part of the object that decides between confused classes is named', () => {
    const [finding] = findingsOf(
      plantedEvidence({ seed: 2, perClass: 60, confused: { label: 'cat', as: 'dog', share: 0.4 } }),
    ).findings;
    expect(finding?.sentence).toMatchInlineSnapshot(
      `"24 of 60 answers about “cat” (29–53 %) say “dog”. What speaks for “dog” lies most of all in the upper left part of the object, 12.8 times as dense as evenly spread evidence would."`,
    );
  });

  it('the same evidence and seed give the same findings', () => {
    const planted: Planted = { seed: 3, mark: { label: 'horse', share: 0.6, at: CORNER } };
    expect(findingsOf(plantedEvidence(planted))).toEqual(findingsOf(plantedEvidence(planted)));
  });
});

describe('maps that do not say what an answer depends on', () => {
  /** Every n-th answer of a class has such a map, and one that points beside the object. */
  function doubted(evidence: Evidence, label: string, every: number, verdict: 'unfaithful' | 'weak'): Evidence {
    let seen = 0;
    return {
      ...evidence,
      items: evidence.items.map((item) => ({
        ...item,
        targets: item.targets.map((target) =>
          target.label === label && seen++ % every === 0 ? { ...target, verdict } : target,
        ),
      })),
    };
  }

  it('are no evidence: a spot that only they share is not found', () => {
    const planted = plantedEvidence({ seed: 1, mark: { label: 'dog', share: 0.8, at: CORNER } });
    const kinds = (evidence: Evidence): FindingKind[] => findingsOf(evidence).findings.map(({ kind }) => kind);
    expect(kinds(planted)).toContain('shared-spot');
    const kept = kinds(doubted(planted, 'dog', 1, 'unfaithful'));
    expect(kept).not.toContain('shared-spot');
    expect(kept).not.toContain('wrong-reason');
  });

  it('leave what is planted to be found among the others', () => {
    const planted = plantedEvidence({ seed: 1, mark: { label: 'dog', share: 0.8, at: CORNER } });
    const { findings } = findingsOf(doubted(planted, 'cat', 8, 'weak'));
    expect(findings.map(({ kind, classes }) => `${kind}: ${classes.join()}`)).toContain('shared-spot: dog');
  });

  it('are counted by every check that reads maps, with the reason', () => {
    const { checks, findings } = findingsOf(doubted(plantedEvidence({ seed: 1 }), 'cat', 2, 'unfaithful'));
    const texts = Object.fromEntries(checks.map(({ kind, leftOut }) => [kind, leftOutText(leftOut)]));
    const spot = checks.find(({ kind }) => kind === 'shared-spot')!;
    expect(spot.leftOut.unfaithful).toBeGreaterThan(8);
    expect(spot.leftOut).toMatchObject({ noise: 0, lost: 0, weak: 0 });
    expect(texts['shared-spot']).toBe(
      `${spot.leftOut.unfaithful} maps left out: ${spot.leftOut.unfaithful} unfaithful`,
    );
    expect(texts['wrong-reason']).toMatch(/^\d+ maps left out: \d+ unfaithful$/);
    // They read how answers came out, and where they flip.
    expect([texts['confusion'], texts['fragile'], texts['unstable']]).toEqual([null, null, null]);
    const unstable = findings.find(({ kind }) => kind === 'unstable');
    expect(unstable?.sentence).toContain('do not explain the score');
  });

  it('are none where all maps are sound', () => {
    for (const { leftOut } of findingsOf(plantedEvidence({ seed: 1 })).checks) expect(leftOutText(leftOut)).toBeNull();
  });
});
