import type { ReportData } from '../../../report/html/report-data.js';

/** Options, versions and hashes, for the record. */
export function Facts({ data }: { data: ReportData }) {
  return (
    <section id="facts" class="section" aria-labelledby="facts-title">
      <h2 id="facts-title">How it was made</h2>
      {data.runs.map(({ name, facts }) => (
        <div key={name}>
          {data.runs.length > 1 && <h3 class="run-title">{name}</h3>}
          <div class="facts">
            {facts.map((group) => (
              <div key={group.title} class="facts-group">
                <h4>{group.title}</h4>
                <dl>
                  {group.facts.map(([fact, value]) => (
                    <div key={fact}>
                      <dt>{fact}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              </div>
            ))}
          </div>
        </div>
      ))}
      <p class="made-by">Written by {data.tool}. Saliency by RISE; what is tested, and how, is in docs/report.md.</p>
    </section>
  );
}
