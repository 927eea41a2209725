import type { CheckData, ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';
import { Icon, type State } from '../shared/icon.js';

/** What the checks without a finding came to, of one run: each by its name, never as a number alone. */
export function QuietChecks({ checks }: { checks: readonly CheckData[] }) {
  const quiet = checks.filter(({ found }) => found === 0);
  if (quiet.length === 0) return null;
  const unmade = quiet.filter(({ untested }) => untested !== null).length;
  const nothing = quiet.length - unmade;
  const parts = [
    ...(nothing > 0 ? [`${counted(nothing, 'check')} found nothing`] : []),
    ...(unmade > 0 ? [`${nothing > 0 ? String(unmade) : counted(unmade, 'check')} could not be made`] : []),
  ];
  return (
    <section class="card pad checks-card" aria-labelledby="checks-title">
      <h3 id="checks-title">{parts.join(', ')}</h3>
      <ul class="checks">
        {quiet.map((check) => (
          <li key={check.title}>
            <Icon of={stateOf(check)} />
            <span>
              <b>{check.title}</b>
              {check.untested !== null && ': not checked'}
              <span class="muted check-behind">{behind(check)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What differs between runs: a line each check and a column each run. */
export function ChecksTable({ data }: { data: ReportData }) {
  const [first] = data.runs;
  if (first === undefined) return null;
  return (
    <div class="scroll" role="region" aria-label="What was checked" tabIndex={0}>
      <table class="t t-checks">
        <thead>
          <tr>
            <th scope="col">Check</th>
            {data.runs.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first.checks.map(({ title }, i) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {data.runs.map(({ name, checks, findings }) => {
                const check = checks[i];
                if (check === undefined) return <td key={name} />;
                const found = findings.filter(({ kindTitle }) => kindTitle === title);
                return (
                  <td key={name}>
                    <Icon of={found.some(({ grave }) => grave) ? 'bad' : stateOf(check)} />{' '}
                    {found.length === 0 ? behind(check) : found.map(({ short }) => <span key={short}>{short}</span>)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateOf({ found, untested }: CheckData): State {
  return untested !== null ? 'unknown' : found > 0 ? 'warn' : 'good';
}

function behind({ looked, leftOut, untested }: CheckData): string {
  if (untested !== null) return `could not be made: ${untested}${leftOut === null ? '' : ` (${leftOut})`}`;
  return `nothing in ${counted(looked, 'answer')}${leftOut === null ? '' : `, ${leftOut}`}`;
}
