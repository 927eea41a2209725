/** The names in a text that separates them by commas and breaks lines at will. */
export function namesIn(text: string): readonly string[] {
  return text
    .trim()
    .split(',')
    .map((name) => name.trim());
}
