/** Below this a share is next to nothing. */
const NOTHING = 0.0005;

/** A share 0..1 in percent: one decimal below ten, else none; never 100 % unless it is all, never 0 % unless it is nothing. */
export function shareText(share: number): string {
  if (share === 0) return '0 %';
  if (Math.abs(share) < NOTHING) return 'almost 0 %';
  const percent = 100 * share;
  if (share < 1 && percent >= 99.5)
    return percent >= 99.95 ? 'almost 100 %' : `${(Math.floor(10 * percent) / 10).toFixed(1)} %`;
  const text = percent.toFixed(1);
  return Math.abs(Number(text)) < 10 ? `${text} %` : `${percent.toFixed(0)} %`;
}

/** A score: in percent where it lies in 0..1, else the number. */
export function scoreText(score: number): string {
  return score >= 0 && score <= 1 ? shareText(score) : score.toPrecision(3);
}
