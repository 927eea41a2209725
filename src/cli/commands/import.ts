import { resolve } from 'node:path';
import { Command } from 'commander';
import { isModulePath } from '../../plugins/module-path.js';
import type { Io } from '../io.js';

interface ImportFlags {
  readonly format?: string;
  readonly name?: string;
  readonly project: string;
}

/** `datum import`. */
export function importCommand(io: Io): Command {
  return new Command('import')
    .argument('<path>', 'a dataset: its folder, or its main file')
    .description('make a dataset a source of the project; it stays where it is')
    .option('-f, --format <name|file>', 'its format: a name, or the path of a module (default: told by its content)')
    .option('-n, --name <name>', 'what to call it (default: source-0, source-1...)')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action((path: string, flags: ImportFlags) => importDataset(io, path, flags));
}

async function importDataset(io: Io, path: string, { format, name, project: folder }: ImportFlags): Promise<void> {
  const { countsOf, describeReading, openDataset, parseTarget } = await import('../../datasets/index.js');
  const { Project } = await import('../../project/project.js');
  const project = await Project.open(folder);
  const dataset = await openDataset(path, { format });
  const named = format === undefined ? parseTarget(path) : { path, format };
  // A module is remembered by its path: no name leads to it.
  const own = named.format !== null && isModulePath(named.format) ? resolve(named.format) : null;
  const added = await project.addSource(name ?? null, resolve(named.path), own ?? dataset.format);
  for (const note of dataset.notes) io.stderr.line(note);
  // Read through, so that what is in it is known before it is used.
  for await (const _ of dataset.items()) continue;
  const reading = dataset.reading ?? null;
  if (reading === null) {
    io.stdout.line(`Added the source ${added}: ${dataset.format}.`);
    return;
  }
  const [how, ...more] = describeReading(dataset, reading);
  io.stdout.line(`Added the source ${added}: ${dataset.format}, ${countsOf(reading, dataset.labelNames.length)}.`);
  for (const sentence of dataset.reason == null || how === undefined ? more : [how, ...more]) {
    io.stderr.line(sentence);
  }
}
