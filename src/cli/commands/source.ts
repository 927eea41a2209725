import { Command } from 'commander';
import type { Io } from '../io.js';

/** `datum source list|remove`. */
export function sourceCommand(io: Io): Command {
  const source = new Command('source').description("the project's datasets");
  source
    .command('list')
    .description("list the project's datasets")
    .option('--json', 'as JSON')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action((flags: { json?: boolean; project: string }) => list(io, flags));
  source
    .command('remove')
    .argument('<name>')
    .description('take a dataset out of the project; its files are not touched')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action(async (name: string, { project }: { project: string }) => {
      const { Project } = await import('../../project/project.js');
      await (await Project.open(project)).removeSource(name);
      io.stdout.line(`Removed the source ${name}.`);
    });
  return source;
}

async function list(io: Io, { json, project: folder }: { json?: boolean; project: string }): Promise<void> {
  const { Project } = await import('../../project/project.js');
  const project = await Project.open(folder);
  const sources = project.sourceNames.map((name) => ({ name, ...project.source(name) }));
  if (json === true) {
    io.stdout.write(`${JSON.stringify(sources, null, 2)}\n`);
    return;
  }
  if (sources.length === 0) io.stderr.write("The project has no sources: add one with 'datum import'.\n");
  for (const { name, format, path } of sources) io.stdout.line(`${name}  ${format}  ${path}`);
}
