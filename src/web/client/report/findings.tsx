import type { FindingData, ReportData } from '../../../report/html/report-data.js';
import { CopyButton } from '../shared/copy-button.js';
import { percent, scoreText } from '../shared/format.js';
import { Measure } from './bars.js';
import type { Row } from './rows.js';
import { SpotMap } from './spot-map.js';
import { findingId, Severity } from './summary.js';
import { Thumbnail } from './thumbnail.js';

/** Examples shown with a finding; the pictures below show the others. */
const EXAMPLES = 6;

export interface FindingsProps {
  readonly data: ReportData;
  readonly byKey: ReadonlyMap<string, Row>;
  readonly onShow: (row: Row | undefined) => void;
  /** Shows the pictures of a finding, or of a kind of finding. */
  readonly onList: (finding: string, run: number) => void;
}

/** The findings of all runs, run by run, the gravest first. */
export function Findings({ data, byKey, onShow, onList }: FindingsProps) {
  const severalRuns = data.runs.length > 1;
  return (
    <>
      {data.runs.map(({ name, findings, command }, run) => (
        <div key={name} class="run-findings">
          {severalRuns && <h3 class="run-title">{name}</h3>}
          {findings.length === 0 && (
            <p class="card pad">
              Nothing stands out{severalRuns ? ` for ${name}` : ''}: every check that could be made stayed within what
              chance gives.
            </p>
          )}
          {findings.map((finding, i) => (
            <FindingCard
              key={i}
              id={findingId(run, i)}
              finding={finding}
              command={command ?? data.command}
              level={severalRuns ? 'h4' : 'h3'}
              rows={finding.examples.map(({ item, target }) => byKey.get(`${run} ${JSON.stringify([item, target])}`))}
              onShow={onShow}
              onList={() => {
                const several = findings.filter(({ kind }) => kind === finding.kind).length > 1;
                onList(several ? finding.title : finding.kindTitle, run);
              }}
            />
          ))}
        </div>
      ))}
    </>
  );
}

interface FindingCardProps {
  readonly id: string;
  readonly finding: FindingData;
  readonly command: string;
  readonly level: 'h3' | 'h4';
  readonly rows: readonly (Row | undefined)[];
  readonly onShow: (row: Row | undefined) => void;
  readonly onList: () => void;
}

function FindingCard({ id, finding, command, level: Heading, rows, onShow, onList }: FindingCardProps) {
  const { lead, sentence, advice, test, region, map } = finding;
  const known = rows.filter((row) => row !== undefined);
  const shown = known.slice(0, EXAMPLES);
  return (
    <article class="finding card" id={id} tabIndex={-1}>
      <ul class={`strip strip-${shown.length}`} aria-label="Pictures that show it">
        {shown.map((row) => (
          <li key={row.key}>
            <button
              type="button"
              class="example"
              onClick={() => {
                onShow(row);
              }}
            >
              <Thumbnail row={row} region={region} />
              <span class="example-text">
                <ExampleText row={row} />
                <small>{row.item.id}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="finding-body">
        <div>
          <Severity finding={finding} kind />
          <Heading>{lead.replace(/\.$/, '')}</Heading>
          <p class="sentence">{sentence}</p>
          <p class="do">
            <b>What to do.</b> {advice}
          </p>
          <p class="row">
            <button type="button" class="primary" onClick={onList}>
              {known.length === 1 ? 'Show it below' : `Show all ${known.length}`}
            </button>
            <CopyButton text={command}>Copy command</CopyButton>
          </p>
        </div>
        <div class="measures">
          <Measures finding={finding} />
          {map !== null && <SpotMap map={map} region={region} />}
          {test !== null && (
            <details>
              <summary>How this was tested</summary>
              <p>{test}.</p>
            </details>
          )}
        </div>
      </div>
    </article>
  );
}

function ExampleText({ row: { target } }: { row: Row }) {
  if (target === null) return <b>no answer</b>;
  const truth =
    target.trueLabel !== null && target.trueLabel !== target.label ? ` · annotated: ${target.trueLabel}` : '';
  return (
    <span>
      <b>{target.label}</b> {scoreText(target.score)}
      {truth}
    </span>
  );
}

/** The share of cases, and the finding's own figures: one that chance gives is the tick of the one before. */
function Measures({ finding }: { finding: FindingData }) {
  const { count, of, interval, figures, grave } = finding;
  const state = grave ? 'bad' : 'warn';
  const chance = figures.find(({ name }) => name.includes('chance'))?.share ?? null;
  return (
    <>
      {figures
        .filter(({ name }) => !name.includes('chance'))
        .map(({ name, share, interval: sure }, i) => (
          <Measure
            key={name}
            name={name.charAt(0).toUpperCase() + name.slice(1)}
            share={share}
            interval={sure}
            chance={chance}
            state={i === 0 ? state : null}
            note={[
              ...(sure === null ? [] : [`95 % sure: ${percent(sure[0])} to ${percent(sure[1])}`]),
              ...(chance === null ? [] : [`by chance (tick): ${percent(chance)}`]),
            ].join('; ')}
          />
        ))}
      <Measure
        name="Answers that show it"
        share={of === 0 ? 0 : count / of}
        interval={interval}
        state={state}
        note={`${count} of ${of}; 95 % sure: ${percent(interval[0])} to ${percent(interval[1])}`}
      />
    </>
  );
}
