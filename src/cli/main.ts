import { Command, CommanderError } from 'commander';
import { DatumError, messageOf } from '../errors.js';
import { versionAndCommit } from '../version.js';
import { flagName } from './flag-names.js';
import { commandHint } from './command-hints.js';
import type { Io } from './io.js';
import { systemSentence } from './system-failure.js';

/** Exit codes: a contract. */
const EXIT = { done: 0, mendable: 1, usage: 2, bug: 70, interrupted: 130 } as const;

/**
 * Runs the command line and returns its exit code. Commands load when they are used, so that help costs nothing.
 *
 * @param args without the program's own name.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    return reportFailure(error, io, error instanceof CommanderError ? await messageOfMistake(error, args) : '');
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const separator = args.indexOf('--');
  const own = separator < 0 ? [...args] : args.slice(0, separator);
  const launcherArgs = separator < 0 ? [] : args.slice(separator + 1);
  if (launcherArgs.includes('-h') || launcherArgs.includes('--help')) {
    const { launcherCommand } = await import('./launcher-flags.js');
    io.stdout.write(launcherCommand().helpInformation());
    return EXIT.done;
  }
  let code: number = EXIT.done;
  const program = new Command('datum')
    .description('Shows which pixels made a vision model answer what it answered.')
    .version(await versionAndCommit(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help');
  for (const command of await commands(own, io, launcherArgs, (result) => (code = result))) program.addCommand(command);
  prepare(program, io);
  await program.parseAsync(own, { from: 'user' });
  return code;
}

/** The command that is meant, in full; for help, all of them by name and description. */
async function commands(
  [name, ...args]: readonly string[],
  io: Io,
  launcherArgs: readonly string[],
  setCode: (code: number) => void,
): Promise<Command[]> {
  switch (name) {
    case 'create':
      return [(await import('./commands/create.js')).createCommand(io)];
    case 'project':
      return [
        new Command('project')
          .description('projects')
          .addCommand((await import('./commands/create.js')).createCommand(io)),
      ];
    case 'model':
      return [(await import('./commands/model.js')).modelCommand(io, launcherArgs)];
    case 'explain': {
      const { explainCommand } = await import('./explain/flags.js');
      return [
        await explainCommand(args, async (request) => {
          const { explainTarget } = await import('./explain/explain-image.js');
          setCode(await explainTarget(io, request, launcherArgs));
        }),
      ];
    }
    case 'check':
      return [(await import('./commands/check.js')).checkCommand(io, launcherArgs)];
    case 'report':
      return [(await import('./commands/report.js')).reportCommand(io)];
    case 'serve':
      return [(await import('./commands/serve.js')).serveCommand(io)];
    case 'import':
      return [(await import('./commands/import.js')).importCommand(io)];
    case 'source':
      return [(await import('./commands/source.js')).sourceCommand(io)];
    case 'convert':
      return [(await import('./commands/convert.js')).convertCommand(io)];
    case 'merge':
      return [(await import('./commands/merge.js')).mergeCommand(io)];
    default:
      return [
        new Command('create').description('make a project in a folder'),
        new Command('model').description('add, remove, list and run models'),
        new Command('convert').description('translate an OpenVINO model to an ONNX file'),
        new Command('import').description('make a dataset a source of the project'),
        new Command('source').description('list and remove sources'),
        new Command('merge').description('put the shards of an explained dataset together'),
        new Command('explain').description('show which pixels made a model answer what it answered'),
        new Command('check').description('measure saliency maps of any tool on a model, beside ours and beside chance'),
        new Command('report').description('write the report of explained folders: what is wrong, and every image'),
        new Command('serve').description('explain images in the browser, with the models of a project'),
      ];
  }
}

/** No command prints or exits by itself. */
function prepare(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      io.stdout.write(text);
    },
    writeErr: (text) => {
      io.stderr.write(text);
    },
    outputError: () => undefined,
  });
  for (const sub of command.commands) prepare(sub, io);
}

/**
 * Says what went wrong, and returns the exit code.
 *
 * @param mistake in the command line, in words, where it is one
 */
export function reportFailure(error: unknown, io: Io, mistake = ''): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help') return EXIT.usage;
    io.stderr.write(`datum: ${mistake}\nTry 'datum --help', or --help after a command.\n`);
    return EXIT.usage;
  }
  if (error instanceof DatumError) {
    io.stderr.line(`datum: ${error.say(flagName)}${commandHint(error)}`);
    if (error.kind === 'interrupted') return EXIT.interrupted;
    return error.kind === 'usage' ? EXIT.usage : EXIT.mendable;
  }
  const system = systemSentence(error);
  if (system !== null) {
    io.stderr.line(`datum: ${system}`);
    return EXIT.mendable;
  }
  io.stderr.line(`datum: this is a bug in datum, please report it: ${messageOf(error)}`);
  if (error instanceof Error && error.stack !== undefined) io.stderr.line(error.stack);
  return EXIT.bug;
}

/** Options that other programs have, by what they are called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = { '--live': '--display' };

/** Commands that take flags of a model after `--`. */
const OF_MODELS: readonly (string | undefined)[] = ['explain', 'model', 'check'];

/** In one line, and with the option that is meant where another is only spelled alike, or where it belongs. */
async function messageOfMistake({ message }: CommanderError, [command]: readonly string[]): Promise<string> {
  const line = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, option] = /^unknown option '([^']+)'/.exec(line) ?? [];
  if (option === undefined) return line;
  const meant = OTHER_NAMES[option];
  if (meant !== undefined) return `unknown option '${option}' (Did you mean ${meant}?)`;
  if (!OF_MODELS.includes(command)) return line;
  const { launcherCommand } = await import('./launcher-flags.js');
  const flag = launcherCommand().options.find(({ long, short }) => [long, short].includes(option.replace(/=.*$/, '')));
  return flag === undefined
    ? line
    : `${option} is about the model, and such options stand behind --, at the end: datum ${command ?? ''} ... -- ${flag.flags.replace(/^-\w, /, '')}`;
}
