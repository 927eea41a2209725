import { Command } from 'commander';
import type { Io } from './io.js';

/** What a command is made with. */
export interface CommandContext {
  readonly io: Io;
  /** What stands behind the command's name, up to `--`. */
  readonly args: readonly string[];
  /** What stands behind `--`. */
  readonly launcherArgs: readonly string[];
  /** Takes the exit code of a command that did its work and has another one than 0. */
  readonly setCode: (code: number) => void;
  /** Runs a command line, and returns its exit code. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

/** A command as it is listed; all else of it is loaded when it is used. */
export interface CommandEntry {
  readonly name: string;
  readonly group: string;
  /** One line. */
  readonly description: string;
  readonly load: (context: CommandContext) => Promise<Command>;
}

const EXPLAIN = 'Explain:';
const PROJECT = 'Models and datasets of a project:';
const MORE = 'More:';

/** All commands: the one list that help, parsing and completion are made of. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'explain',
    group: EXPLAIN,
    description: 'show which pixels made a model answer what it answered',
    async load({ io, args, launcherArgs, setCode }) {
      const { explainCommand } = await import('./explain/flags.js');
      return explainCommand(args, async (request) => {
        const { explainTarget } = await import('./explain/explain-image.js');
        const { quietly } = await import('./io.js');
        setCode(await explainTarget(request.quiet ? quietly(io) : io, request, launcherArgs));
      });
    },
  },
  {
    name: 'report',
    group: EXPLAIN,
    description: 'write the report of explained folders: what is wrong, and every image',
    load: async ({ io }) => (await import('./commands/report.js')).reportCommand(io),
  },
  {
    name: 'check',
    group: EXPLAIN,
    description: 'measure saliency maps of any tool on a model, beside ours and beside chance',
    load: async ({ io, launcherArgs }) => (await import('./commands/check.js')).checkCommand(io, launcherArgs),
  },
  {
    name: 'serve',
    group: EXPLAIN,
    description: 'explain images in the browser',
    load: async ({ io }) => (await import('./commands/serve.js')).serveCommand(io),
  },
  {
    name: 'merge',
    group: EXPLAIN,
    description: 'put the shards of an explained dataset together',
    load: async ({ io }) => (await import('./commands/merge.js')).mergeCommand(io),
  },
  {
    name: 'create',
    group: PROJECT,
    description: 'make a project in a folder',
    load: async ({ io }) => (await import('./commands/create.js')).createCommand(io),
  },
  {
    name: 'model',
    group: PROJECT,
    description: 'add, remove, list and run models',
    load: async ({ io, launcherArgs }) => (await import('./commands/model.js')).modelCommand(io, launcherArgs),
  },
  {
    name: 'import',
    group: PROJECT,
    description: 'make a dataset a source of the project',
    load: async ({ io }) => (await import('./commands/import.js')).importCommand(io),
  },
  {
    name: 'source',
    group: PROJECT,
    description: 'list and remove sources',
    load: async ({ io }) => (await import('./commands/source.js')).sourceCommand(io),
  },
  {
    name: 'demo',
    group: MORE,
    description: 'try it without files of your own',
    load: async ({ io, run, setCode }) => (await import('./commands/demo.js')).demoCommand(io, run, setCode),
  },
  {
    name: 'convert',
    group: MORE,
    description: 'translate an OpenVINO model to an ONNX file',
    load: async ({ io }) => (await import('./commands/convert.js')).convertCommand(io),
  },
  {
    name: 'doctor',
    group: MORE,
    description: 'say what is installed, and what works',
    load: async ({ io, setCode }) => (await import('./commands/doctor.js')).doctorCommand(io, setCode),
  },
  {
    name: 'completion',
    group: MORE,
    description: 'have bash, zsh or fish complete what is typed',
    async load(context) {
      const { completionCommand } = await import('./commands/completion.js');
      return completionCommand(context.io, async ([name, ...args]) => {
        const one = name === undefined ? null : await loadCommand(name, { ...context, args });
        if (one !== null) return [one];
        const all = COMMANDS.filter((entry) => entry.name !== 'completion').map((entry) =>
          entry.load({ ...context, args }),
        );
        return [...(await Promise.all(all)), completionCommand(context.io, () => Promise.resolve([]))];
      });
    },
  },
  {
    name: 'help',
    group: MORE,
    description: 'print the help of a command; help words: what each figure means',
    load: async ({ io, run }) => (await import('./commands/help.js')).helpCommand(io, run),
  },
];

/** Commands by the names that Datumaro has for them; help does not list them. */
const OTHER_NAMES: Readonly<Record<string, CommandEntry['load']>> = {
  async project(context) {
    const create = COMMANDS.find(({ name }) => name === 'create');
    const project = new Command('project').description('projects');
    return create === undefined ? project : project.addCommand(await create.load(context));
  },
};

/** The command that is meant, in full; null where there is none of this name. */
export async function loadCommand(name: string | undefined, context: CommandContext): Promise<Command | null> {
  if (name === undefined) return null;
  const entry = COMMANDS.find((one) => one.name === name);
  const load = entry?.load ?? (Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined);
  return load === undefined ? null : load(context);
}

/** All commands by name and description alone. */
export function listedCommands(): Command[] {
  return COMMANDS.map(({ name, description, group }) => new Command(name).description(description).helpGroup(group));
}
