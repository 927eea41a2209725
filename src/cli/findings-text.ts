import { sayOptions } from '../errors.js';
import { leftOutText, type Findings } from '../findings/index.js';
import { countText } from './count-text.js';
import { flagName } from './flag-names.js';
import { SIGNS } from './signs.js';
import { wrapped } from './wrapped.js';

/**
 * Findings as lines for a terminal, the gravest first; says how many checks found nothing, and which could not be made.
 *
 * @param width characters of a line
 */
export function findingsText({ findings, checks }: Findings, width = Infinity): string[] {
  const untested = checks.filter((check) => check.untested !== null);
  const kinds = new Set(findings.map(({ kind }) => kind));
  const nothing = checks.length - untested.length - kinds.size;
  const parts = [
    ...(kinds.size > 0 ? [`${kinds.size} found something`] : []),
    `${nothing} found nothing`,
    ...(untested.length > 0 ? [`${untested.length} could not be made`] : []),
  ];
  const leftOut = checks.flatMap(({ kind, leftOut: maps }) => {
    const text = leftOutText(maps);
    return text === null ? [] : [`${kind} (${text.replace(' left out', '')})`];
  });
  const reasons = untested.map(({ kind, untested: why }) => `${kind}: ${sayOptions(why ?? '', flagName)}`);
  return [
    ...findings.flatMap(({ title, sentence, test }) => [
      wrapped(`${SIGNS.bad} ${title}`, width, '  '),
      wrapped(`  ${sentence}${test === null ? '' : ` (${test.name})`}`, width, '  '),
    ]),
    ...(findings.length > 0 ? [''] : []),
    wrapped(`Of ${countText(checks.length, 'check')}, ${parts.join(', ')}.`, width, ''),
    ...reasons.map((reason) => wrapped(`  ${reason}.`, width, '  ')),
    ...(leftOut.length > 0
      ? [wrapped(`Maps left out, which do not say what the answer depends on: ${leftOut.join('; ')}.`, width, '')]
      : []),
  ];
}
