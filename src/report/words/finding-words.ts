import type { Finding, FindingKind } from '../../findings/index.js';
import { listed, placeOf, quoted } from '../../findings/words.js';

/** What a finding says in a line. */
export interface FindingWords {
  /** Of the whole: at most fourteen words. */
  readonly lead: string;
  /** Of the cases that show it. */
  readonly short: string;
  readonly grave: boolean;
}

/** Kinds that say that the model has learned something else than it was to learn. */
const GRAVE: ReadonlySet<FindingKind> = new Set(['shared-spot', 'wrong-reason', 'other-object']);

/**
 * A finding as a heading, and as one of the few sentences that matter.
 *
 * @param annotated whether objects have boxes: without them, a spot may be the object itself
 */
export function findingWords(finding: Finding, annotated: boolean): FindingWords {
  return { ...sentences(finding, annotated), grave: GRAVE.has(finding.kind) };
}

function sentences(finding: Finding, annotated: boolean): Omit<FindingWords, 'grave'> {
  const { kind, classes, region } = finding;
  const [first = '', second = ''] = classes.map(quoted);
  const cases = `${finding.count} of ${finding.of}`;
  const one = classes.length === 1;
  switch (kind) {
    case 'shared-spot':
      return {
        lead: `${first} depends on ${region === null ? 'one spot' : placeOf(region)} of the picture${annotated ? `, not on the ${thing(classes[0])}` : ''}.`,
        short: `In ${cases} pictures of ${first} the map gathers in the same spot.`,
      };
    case 'wrong-reason': {
      const said = `${cases} right ${one ? `${first} ` : ''}answers depend on something beside ${one ? `the ${thing(classes[0])}` : 'their object'}.`;
      return { lead: said, short: said };
    }
    case 'other-object':
      return {
        lead: `${first} depends to a large part on ${second}.`,
        short: `In ${cases} pictures that show both, ${first} depends on ${second}.`,
      };
    case 'label-error':
      return {
        lead: `${finding.count} ${finding.count === 1 ? 'annotation is' : 'annotations are'} likely wrong.`,
        short: `In ${cases} sure answers the annotation is likely wrong.`,
      };
    case 'confusion': {
      const said = `${first} is answered as ${second} in ${cases} pictures.`;
      return { lead: said, short: said };
    }
    case 'fragile': {
      const said = `${cases} right ${one ? `${first} ` : ''}answers change when a small spot is hidden.`;
      return { lead: said, short: said };
    }
    case 'unstable': {
      const said = `${cases} ${one ? `${first} ` : ''}maps cannot be read.`;
      return { lead: said, short: classes.length > 1 ? `${said} Most of all ${listed(classes)}.` : said };
    }
  }
}

/** How the object of a class is called behind "the": a number is no name. */
function thing(name = ''): string {
  const [short = ''] = name.split(', ');
  return /\p{L}/u.test(short) && !/^class \d+$/.test(short) ? short : 'object';
}
