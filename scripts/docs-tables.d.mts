export const PAGES: readonly string[];
export function sectionsOf(
  registries: Readonly<Record<'launchers' | 'interpreters' | 'formats' | 'methods' | 'glossary', readonly object[]>>,
  example: (name: string) => string,
): Promise<Map<string, string>>;
export function withSections(page: string, sections: ReadonlyMap<string, string>): string;
