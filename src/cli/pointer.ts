/** A line that points on: to a page, files, or a command. */
export function pointer(what: string, to: string): string {
  return `${what.padEnd(9)} ${to}\n`;
}
