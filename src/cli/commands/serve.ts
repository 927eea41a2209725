import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import { Project } from '../../project/project.js';
import { Workbench } from '../../web/server/workbench.js';
import { openSource } from '../explain-target.js';
import type { Io } from '../io.js';
import { interrupted, openLivePage } from '../live-page.js';
import { openNamedModel } from '../named-model.js';

interface ServeFlags {
  readonly project: string;
  readonly host?: string;
  readonly port?: string;
}

/** `datum serve`: the workbench of a project, until Ctrl-C. */
export function serveCommand(io: Io): Command {
  return new Command('serve')
    .description(
      'explain images in the browser, with the models of a project\n\nThe address holds a new random token; DATUM_TOKEN in the environment sets it, so that with --port the address stays the same and open pages find a server that is started again.',
    )
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--host <host>', 'address to listen on; others than this machine can reach it (default: 127.0.0.1)')
    .option('--port <n>', 'port to listen on (default: a free one)')
    .action((flags: ServeFlags) => serve(io, flags));
}

async function serve(io: Io, { project: folder, host, port }: ServeFlags): Promise<void> {
  const project = await Project.open(folder);
  if (project.modelNames.length === 0) {
    throw new DatumError('project', `the project in ${project.root} has no models: add one with 'datum model add'.`);
  }
  const bench = new Workbench({
    models: project.modelNames,
    openModel: (name, image) => openNamedModel(name, folder, {}, { image }),
    sources: {
      names: project.sourceNames,
      roots: [project.root],
      open: (name) => openSource(project, name),
    },
  });
  const server = await openLivePage(io, bench, {
    host,
    port: port === undefined ? undefined : portOf(port),
    token: process.env['DATUM_TOKEN'],
  });
  try {
    io.stderr.line('Ctrl-C ends it.');
    await interrupted(io.signal);
  } finally {
    await server.close();
    await bench.close();
  }
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new DatumError('usage', `--port takes a number from 0 to 65535, not '${text}'.`);
}
