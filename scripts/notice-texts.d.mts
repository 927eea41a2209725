/** What the bundles of pages contain: a file of JSON. */
export const BUNDLED: string;

/** Where THIRD-PARTY-NOTICES.md lies. */
export const NOTICES: string;

/** THIRD-PARTY-NOTICES.md as what was built and what is carried make it. */
export function noticesText(): string;
