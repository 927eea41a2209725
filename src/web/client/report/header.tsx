import type { ReportData } from '../../../report/html/report-data.js';

export interface HeaderProps {
  readonly data: ReportData;
  /** Ids and names. */
  readonly sections: readonly (readonly [string, string])[];
}

/** What the page is about, and the way to its parts, which leaves the state in the address as it is. */
export function Header({ data, sections }: HeaderProps) {
  const [subject = '', ...models] = data.title.split(' · ');
  return (
    <header class="top">
      <span class="brand">datum</span>
      <span class="crumb">
        <strong>{subject}</strong> · {models.join(' · ')}
      </span>
      {sections.length > 0 && (
        <nav aria-label="Parts of the report">
          {sections.map(([id, name]) => (
            <a
              key={id}
              href={`#${id}`}
              onClick={(event) => {
                event.preventDefault();
                goTo(id);
              }}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
    </header>
  );
}

/** Brings a part of the page into view, and the keys with it. */
export function goTo(id: string): void {
  const section = document.getElementById(id);
  section?.scrollIntoView({ block: 'start' });
  section?.focus({ preventScroll: true });
}
