/** Where a pixel lies in an image, as one would say it: `the upper left`. */
export function placeName(
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const column = ['left', 'middle', 'right'][third(x, width)];
  const row = ['upper', 'middle', 'lower'][third(y, height)];
  if (row === 'middle') return column === 'middle' ? 'the middle' : `the ${column} side`;
  return column === 'middle' ? `the ${row} middle` : `the ${row} ${column}`;
}

function third(at: number, length: number): number {
  return Math.min(2, Math.floor((3 * at) / Math.max(1, length)));
}
