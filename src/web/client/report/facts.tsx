import type { ReportData } from '../../../report/html/report-data.js';
import { CommandLine } from '../shared/copy-button.js';

/** The commands that make it again; options, versions and hashes, for the record. */
export function Facts({ data }: { data: ReportData }) {
  const Heading = data.runs.length > 1 ? 'h4' : 'h3';
  return (
    <section id="facts" class="section" aria-labelledby="facts-title" tabIndex={-1}>
      <h2 id="facts-title">How it was made</h2>
      <div class="commands">
        {data.runs.map(
          ({ name, command, read }) =>
            command !== null && (
              <div key={name}>
                <p>{data.runs.length > 1 ? `${name}:` : 'The command that makes this run again:'}</p>
                <CommandLine command={command} />
                {read.length > 0 && <p class="muted small">{read.join(' ')}</p>}
              </div>
            ),
        )}
        <div>
          <p>The command that writes this page again:</p>
          <CommandLine command={data.command} />
          <p class="muted small">Files and folders stand without where they lie: run it from there.</p>
        </div>
      </div>
      {data.runs.map(({ name, facts }) => (
        <div key={name}>
          {data.runs.length > 1 && <h3 class="run-title">{name}</h3>}
          <div class="facts">
            {facts.map((group) => (
              <div key={group.title} class="facts-group">
                <Heading>{group.title}</Heading>
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
      <p class="muted small">Written by {data.tool}. Maps by RISE; what is tested, and how, is in docs/report.md.</p>
    </section>
  );
}
