import type { ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';
import { answersOf, type Row } from './rows.js';

export interface HeaderProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  /** Ids and names. */
  readonly sections: readonly (readonly [string, string])[];
}

/** What the report is about, and the way to its parts. */
export function Header({ data, rows, sections }: HeaderProps) {
  const [subject = '', ...models] = data.title.split(' · ');
  const failed = data.runs.reduce((sum, { counts }) => sum + counts.failed, 0);
  const skipped = data.runs.reduce((sum, { counts }) => sum + counts.skipped, 0);
  const facts = [
    counted(data.items.length, 'image'),
    ...(sections.length === 0
      ? targetsText(data)
      : [counted(answersOf(rows).length, 'answer explained', 'answers explained')]),
    ...(data.runs.length > 1 ? [counted(data.runs.length, 'model')] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ];
  // Several models are mostly held against one dataset.
  const read = [...new Set(data.runs.flatMap((run) => run.read))];
  return (
    <header class="top">
      <div class="top-inner">
        <p class="brand">{data.tool.split(' ')[0]} report</p>
        <h1>{subject}</h1>
        <p class="subtitle">
          {models.join(' · ')}
          <span class="subtitle-facts">{facts.join(' · ')}</span>
        </p>
        {read.length > 0 && (
          <ul class="read" aria-label="What was read of the dataset">
            {read.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        {sections.length > 0 && (
          <nav aria-label="Parts of the report">
            {sections.map(([id, name]) => (
              <a key={id} href={`#${id}`}>
                {name}
              </a>
            ))}
          </nav>
        )}
      </div>
    </header>
  );
}

/** What can be looked at on the page of a single image: `5 classes and 5 boxes explained`. */
function targetsText({ items }: ReportData): string[] {
  const targets = items.flatMap(({ answers }) => answers).flatMap((answer) => answer?.targets ?? []);
  const count = (kind: string): number => targets.filter((target) => target.kind === kind).length;
  const [classes, boxes] = [count('label'), count('bbox')];
  const parts = [
    ...(classes > 0 ? [counted(classes, 'class', 'classes')] : []),
    ...(boxes > 0 ? [counted(boxes, 'box', 'boxes')] : []),
  ];
  return parts.length === 0 ? [] : [`${parts.join(' and ')} explained`];
}
