/**
 * What a registry says of one of its members: all that help, tables and detection need, without loading it. A registry is an
 * array of these, and nothing else knows their names.
 */
export interface Entry<Loaded> {
  readonly name: string;
  /** What it is, in one line, for help and tables. */
  readonly title: string;
  /** Other names under which it is known. */
  readonly aliases?: readonly string[];
  readonly load: () => Promise<Loaded>;
}

/** The entry of a name, or of another name for it. */
export function entryNamed<One extends Pick<Entry<unknown>, 'name' | 'aliases'>>(
  entries: readonly One[],
  name: string,
): One | undefined {
  return entries.find((entry) => entry.name === name || entry.aliases?.includes(name) === true);
}

/** Their names as a list in a sentence. */
export function namesOf(entries: readonly Pick<Entry<unknown>, 'name'>[]): string {
  return entries.map(({ name }) => name).join(', ');
}
