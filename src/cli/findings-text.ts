import { sayOptions } from '../errors.js';
import { leftOutText, type Findings } from '../findings/index.js';
import { flagName } from './flag-names.js';

/** Findings as lines for a terminal, the gravest first; says so where there are none, and what could not be checked. */
export function findingsText({ findings, checks }: Findings): string[] {
  const untested = checks.filter((check) => check.untested !== null);
  const lines =
    findings.length === 0
      ? [`No findings in ${checks.length - untested.length} of ${checks.length} checks made.`]
      : findings.flatMap(({ title, sentence, test }, i) => [
          `${i + 1}. ${title}`,
          `   ${sentence}${test === null ? '' : ` (${test.name})`}`,
        ]);
  const leftOut = checks.flatMap(({ kind, leftOut: maps }) => {
    const text = leftOutText(maps);
    return text === null ? [] : [`${kind} (${text.replace(' left out', '')})`];
  });
  return [
    ...lines,
    ...(leftOut.length > 0
      ? [`Maps left out, which do not say what the answer depends on: ${leftOut.join('; ')}.`]
      : []),
    ...(untested.length > 0
      ? [
          `Not checked: ${untested.map(({ kind, untested: why }) => `${kind} (${sayOptions(why ?? '', flagName)})`).join('; ')}.`,
        ]
      : []),
  ];
}
