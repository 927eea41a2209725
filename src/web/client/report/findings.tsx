import { isDrawn } from '../../../explain/verdict.js';
import type { FindingData, ReportData } from '../../../report/html/report-data.js';
import { percent, scoreText } from '../shared/format.js';
import { ImageViewer } from '../shared/image-viewer.js';
import { USUAL_SETTINGS } from '../shared/view-settings.js';
import { FigureBars } from './figure-bars.js';
import type { Row } from './rows.js';
import { SpotMap } from './spot-map.js';

/** Examples shown with a finding; the table shows the others. */
const EXAMPLES = 6;

export interface FindingsProps {
  readonly data: ReportData;
  readonly byKey: ReadonlyMap<string, Row>;
  readonly onShow: (row: Row | undefined) => void;
  /** Shows the images of a finding, or of a kind of finding, in the table. */
  readonly onList: (finding: string, run: number) => void;
}

/** The findings of all runs, run by run, the gravest first. */
export function Findings({ data, byKey, onShow, onList }: FindingsProps) {
  const severalRuns = data.runs.length > 1;
  return (
    <>
      {data.runs.map(({ name, findings }, run) => (
        <div key={name} class="run-findings">
          {severalRuns && <h3 class="run-title">{name}</h3>}
          {findings.length === 0 && (
            <p class="no-findings">
              Nothing stands out{severalRuns ? ` for ${name}` : ''}: every check above stayed within what chance gives.
            </p>
          )}
          {findings.map((finding, i) => (
            <FindingCard
              key={i}
              finding={finding}
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
  readonly finding: FindingData;
  readonly level: 'h3' | 'h4';
  readonly rows: readonly (Row | undefined)[];
  readonly onShow: (row: Row | undefined) => void;
  readonly onList: () => void;
}

function FindingCard({ finding, level: Heading, rows, onShow, onList }: FindingCardProps) {
  const { kind, kindTitle, title, sentence, advice, count, of, interval, test, figures, region, map } = finding;
  const shown = rows.filter((row) => row !== undefined).slice(0, EXAMPLES);
  return (
    <article class={`finding finding-${kind}`}>
      <div class="finding-text">
        <p class="kind">{kindTitle}</p>
        <Heading>{title.startsWith(`${kindTitle}: `) ? title.slice(kindTitle.length + 2) : title}</Heading>
        <p class="sentence">{sentence}</p>
        <p class="advice">{advice}</p>
        {test !== null && <p class="test">Tested: {test}.</p>}
      </div>
      <div class="finding-figures">
        <p class="share">
          <strong>{percent(of === 0 ? 0 : count / of)}</strong>
          <span>
            {count} of {of}
          </span>
          <span class="interval">
            95 % interval {percent(interval[0])} to {percent(interval[1])}
          </span>
        </p>
        {figures.length > 0 && <FigureBars figures={figures} />}
        {map !== null && <SpotMap map={map} region={region} />}
      </div>
      <div class="finding-examples">
        <ul class="examples">
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
                <span class="example-name">
                  {row.item.id}
                  <small>{exampleText(row)}</small>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {rows.length > shown.length && (
          <button type="button" class="link" onClick={onList}>
            All {rows.length} in the table
          </button>
        )}
      </div>
    </article>
  );
}

function exampleText({ target }: Row): string {
  if (target === null) return '';
  const truth = target.trueLabel !== null && target.trueLabel !== target.label ? `, marked ${target.trueLabel}` : '';
  return `${target.label} ${scoreText(target.score)}${truth}`;
}

function Thumbnail({ row: { item, target }, region }: { row: Row; region: FindingData['region'] }) {
  return (
    <ImageViewer
      image={item.image}
      width={item.width}
      height={item.height}
      map={target?.map ?? null}
      noise={!isDrawn(target?.verdict ?? null)}
      boxes={[
        ...(target?.box == null ? [] : [{ box: target.box, label: target.label, role: 'answer' as const }]),
        ...(region === null
          ? []
          : [
              {
                box: [
                  region.x * item.width,
                  region.y * item.height,
                  region.width * item.width,
                  region.height * item.height,
                ] as const,
                label: 'the shared spot',
                role: 'spot' as const,
              },
            ]),
      ]}
      settings={USUAL_SETTINGS}
      detail={160}
      alt=""
    />
  );
}
