import type { ExplainedTarget } from './explanation.js';

/** What of a target its sentence is made of. */
export interface SummarizedTarget {
  readonly label: { readonly name: string } | null;
  readonly score: number;
  readonly verdict: ExplainedTarget['verdict'];
  readonly reliability: number | null;
  /** Of the map, in pixels of the image. */
  readonly peak: { readonly x: number; readonly y: number };
  readonly image: { readonly width: number; readonly height: number };
}

/** What was found out about a target, in one sentence. */
export function targetSummary({ label, score, verdict, reliability, peak, image }: SummarizedTarget): string {
  const answer = `${label?.name ?? 'the box'} (${score.toFixed(2)})`;
  switch (verdict) {
    case 'noise':
      return `What speaks for ${answer} cannot be told: the scores of the masked runs do not depend on the place beyond chance.`;
    case 'lost':
      return `What speaks for ${answer} cannot be told: it was almost never found when parts of the image were hidden.`;
    case 'ok': {
      const trust = reliability === null ? '' : `, with a reliability of ${reliability.toFixed(2)}`;
      return `What speaks most for ${answer} lies ${placeName(peak, image)} of the image, around pixel ${peak.x}, ${peak.y}${trust}.`;
    }
  }
}

function placeName({ x, y }: SummarizedTarget['peak'], { width, height }: SummarizedTarget['image']): string {
  const column = ['left', 'middle', 'right'][third(x, width)];
  const row = ['upper', 'middle', 'lower'][third(y, height)];
  if (row === 'middle' && column === 'middle') return 'in the middle';
  if (row === 'middle') return `at the ${column}`;
  return column === 'middle' ? `in the ${row} middle` : `at the ${row} ${column}`;
}

function third(at: number, length: number): number {
  return Math.min(2, Math.floor((3 * at) / Math.max(1, length)));
}
