import type { ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';
import type { Row } from './rows.js';

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
    counted(data.items.length, 'picture'),
    counted(rows.filter(({ target }) => target !== null).length, 'answer explained', 'answers explained'),
    ...(data.runs.length > 1 ? [counted(data.runs.length, 'model')] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ];
  return (
    <header class="top">
      <div class="top-inner">
        <p class="brand">{data.tool.split(' ')[0]} report</p>
        <h1>{subject}</h1>
        <p class="subtitle">
          {models.join(' · ')}
          <span class="subtitle-facts">{facts.join(' · ')}</span>
        </p>
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
