import type { CheckData, ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';

/** Every check and what it came to: side by side for one run; a line each and a column a run for several. */
export function Checks({ data }: { data: ReportData }) {
  const [first, second] = data.runs;
  if (first === undefined) return null;
  if (second === undefined) {
    return (
      <ul class="check-list" aria-label="What was checked">
        {first.checks.map((check) => (
          <li key={check.title}>
            <span class="check-title">{check.title}</span>
            <CheckResult check={check} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table class="checks">
      <caption class="visually-hidden">What was checked</caption>
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
            {data.runs.map(({ name, checks }) => (
              <td key={name}>
                <CheckResult check={checks[i]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CheckResult({ check }: { check: CheckData | undefined }) {
  if (check === undefined) return null;
  const { found, looked, leftOut, untested } = check;
  if (untested !== null) {
    return (
      <span class="check check-untested">
        <span class="check-mark">not checked</span> {untested}
        {leftOut !== null && ` (${leftOut})`}
      </span>
    );
  }
  const behind = leftOut === null ? counted(looked, 'answer') : `${counted(looked, 'answer')}, ${leftOut}`;
  return found > 0 ? (
    <span class="check check-found">
      <span class="check-mark">{counted(found, 'finding')}</span> in {behind}
    </span>
  ) : (
    <span class="check check-clear">
      <span class="check-mark">nothing</span> in {behind}
    </span>
  );
}
