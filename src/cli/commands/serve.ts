import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import { launcherForFile } from '../../launchers/registry.js';
import { Project } from '../../project/project.js';
import { Workbench } from '../../web/server/workbench.js';
import { openSource, resolveTarget, type ExplainTarget } from '../explain-target.js';
import { ANIMALS } from '../examples.js';
import type { Io } from '../io.js';
import { interrupted, openLivePage } from '../live-page.js';
import { openNamedModel } from '../named-model.js';
import { pageCommands } from '../page-command.js';

/** As many as the page keeps (web/server/images.ts). */
const MOST_IMAGES = 16;

interface ServeFlags {
  readonly model?: readonly string[];
  readonly project: string;
  readonly host?: string;
  readonly port?: string;
}

/** `datum serve`: the workbench, until Ctrl-C: of a project, or of the models that are named. */
export function serveCommand(io: Io): Command {
  return new Command('serve')
    .argument('[photos...]', 'images to begin with, and datasets to choose from')
    .usage('[-m MODEL]... [PHOTO...] [options]')
    .description(
      'explain images in the browser, with the models of a project, with those that are named, or with what is dropped on the page\n\nThe address holds a new random token; DATUM_TOKEN in the environment sets it, so that with --port the address stays the same and open pages find a server that is started again.',
    )
    .option(
      '-m, --model <model>',
      'a model file, for which no project is needed, or a registered model; may be repeated (default: all of the project)',
      (model, before: readonly string[] | undefined) => [...(before ?? []), model],
    )
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--host <host>', 'address to listen on; others than this machine can reach it (default: 127.0.0.1)')
    .option('--port <n>', 'port to listen on (default: a free one)')
    .action((photos: readonly string[], flags: ServeFlags) => serve(io, photos, flags));
}

async function serve(
  io: Io,
  photos: readonly string[],
  { model: named = [], project: folder, host, port }: ServeFlags,
): Promise<void> {
  const models = [...new Set(named)];
  const project = await openProject(folder, models.length > 0);
  for (const name of models) await checkModel(name, project, folder);
  // Without any the page begins with samples, and takes models.
  const offered = models.length > 0 ? models : (project?.modelNames ?? []);
  const targets = new Map<string, ExplainTarget>();
  for (const photo of photos) targets.set(photo, await resolveTarget(photo, folder));
  const datasets = new Map(
    [...targets].flatMap(([name, target]) => (target.kind === 'dataset' ? [[name, target.dataset] as const] : [])),
  );
  if (targets.size - datasets.size > MOST_IMAGES) {
    throw new DatumError('usage', `the page keeps ${MOST_IMAGES} images: name fewer, or their folder as a dataset.`);
  }
  const bench = new Workbench({
    samples: ANIMALS,
    commandOf: pageCommands(folder),
    models: offered,
    openModel: (name, image) => openNamedModel(name, folder, {}, { image }),
    sources: {
      names: [...new Set([...datasets.keys(), ...(project?.sourceNames ?? [])])],
      roots: project === null ? [] : [project.root],
      open: async (name) => {
        const dataset = datasets.get(name);
        if (dataset !== undefined) return dataset;
        if (project === null) throw new DatumError('dataset', `there is no source '${name}'.`);
        return openSource(project, name);
      },
    },
  });
  try {
    const images = [];
    for (const target of targets.values()) {
      if (target.kind === 'image') images.push(await bench.images.addFile(target.path, basename(target.path)));
    }
    const [first] = images;
    if (first !== undefined) bench.chooseImage(first.id);
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
    }
  } finally {
    await bench.close();
  }
}

/**
 * The project in a folder; null where there is none and none was named: a page works with what is named and brought.
 *
 * @throws DatumError (`project`) for one that cannot be read while nothing else was named.
 */
async function openProject(folder: string, isNamed: boolean): Promise<Project | null> {
  return Project.open(folder).catch((error: unknown) => {
    const isThere = existsSync(join(folder, '.datum')) || existsSync(join(folder, '.datumaro'));
    if (isNamed || (folder === '.' && !isThere)) return null;
    throw error;
  });
}

/** A model is opened when a page asks for it: what can be known of its name is said before. */
async function checkModel(name: string, project: Project | null, folder: string): Promise<void> {
  if (project?.hasModel(name) === true) return;
  const isThere = await access(name).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const registered = project === null ? '' : `, and no model of the project in ${folder} is called so`;
    throw new DatumError('model', `there is no model ${name} here${registered}: name a model file with -m.`, {
      file: name,
    });
  }
  if (launcherForFile(name) !== undefined) return;
  throw new DatumError(
    'model',
    `the ending of ${name} is that of no model file: register it with 'datum model add -l'.`,
    {
      file: name,
    },
  );
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new DatumError('usage', `--port takes a number from 0 to 65535, not '${text}'.`);
}
