import type { FindingData, ReportData } from '../../../report/html/report-data.js';
import { Icon, Tag } from '../shared/icon.js';
import { SplitBar } from './bars.js';
import { goTo } from './header.js';
import { Thumbnail } from './thumbnail.js';
import type { Filter, Row } from './rows.js';
import type { Question, Verdict } from './verdict.js';

/** Findings that are told at once. */
const POINTS = 3;

/** What is to be known first: a statement, and the answers to three questions. */
export function Band({ questions, onFilter }: { questions: readonly Question[]; onFilter: (filter: Filter) => void }) {
  return (
    <div class="band card">
      {questions.map(({ question, state, say, parts, note }) => (
        <div key={question}>
          <h2>{question}</h2>
          <p class="say">
            <Icon of={state} />
            <span>{say}</span>
          </p>
          {parts.length > 0 && <SplitBar parts={parts} onFilter={onFilter} />}
          {note !== null && <p class="muted small">{note}</p>}
        </div>
      ))}
    </div>
  );
}

export function Lead({ verdict: { lead, sub } }: { verdict: Pick<Verdict, 'lead' | 'sub'> }) {
  return (
    <>
      <h1 class="lead">{lead}</h1>
      <p class="sub">{sub}</p>
    </>
  );
}

export interface PointsProps {
  readonly data: ReportData;
  readonly byKey: ReadonlyMap<string, Row>;
}

/** The two or three sentences that matter, each with a picture and the way to its finding. */
export function Points({ data, byKey }: PointsProps) {
  const all = data.runs.flatMap(({ findings }, run) => findings.map((finding, i) => ({ finding, run, i })));
  if (all.length === 0) return null;
  return (
    <ul class="points">
      {all.slice(0, POINTS).map(({ finding, run, i }) => (
        <li key={`${run} ${i}`}>
          <a
            class="point card"
            href={`#${findingId(run, i)}`}
            onClick={(event) => {
              event.preventDefault();
              goTo(findingId(run, i));
            }}
          >
            <Picture finding={finding} run={run} byKey={byKey} />
            <span>
              <Severity finding={finding} />
              <b>{finding.short}</b>
              <em>{finding.count === 1 ? 'Look at it' : `Look at the ${finding.count}`}</em>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Picture({ finding, run, byKey }: { finding: FindingData; run: number; byKey: PointsProps['byKey'] }) {
  const row = finding.examples
    .map(({ item, target }) => byKey.get(`${run} ${JSON.stringify([item, target])}`))
    .find((one) => one !== undefined);
  return <span class="point-picture">{row !== undefined && <Thumbnail row={row} region={finding.region} />}</span>;
}

/** Whether a finding says that the model learned something wrong, or is worth a look. */
export function Severity({ finding, kind = false }: { finding: FindingData; kind?: boolean }) {
  const word = finding.grave ? 'Grave' : 'Look';
  return (
    <Tag of={finding.grave ? 'bad' : 'warn'}>
      {kind ? `${word} · ${finding.kindTitle.charAt(0).toLowerCase()}${finding.kindTitle.slice(1)}` : word}
    </Tag>
  );
}

export function findingId(run: number, finding: number): string {
  return `finding-${run + 1}-${finding + 1}`;
}
