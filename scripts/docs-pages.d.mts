export interface DocsPage {
  /** Within docs/. */
  readonly path: string;
  readonly title: string;
  readonly note: string;
}

export const DOCS_PAGES: readonly { readonly heading: string; readonly pages: readonly DocsPage[] }[];

export function docsReadme(): string;

export function llmsText(): string;
