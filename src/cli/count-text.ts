/** A number of things: `1 mask`, `2 masks`, `2 boxes`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
