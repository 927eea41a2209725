import { Command, CommanderError, Help } from 'commander';
import { DatumError, messageOf } from '../errors.js';
import { versionAndCommit } from '../version.js';
import { flagName } from './flag-names.js';
import { commandHint } from './command-hints.js';
import { listedCommands, loadCommand } from './command-list.js';
import { helpPlainly } from './help/plain-help.js';
import { columnsOf, twoColumns, wrapText } from './help/text-columns.js';
import { failureOfModule } from '../plugins/users-code.js';
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
    const command = launcherCommand();
    prepare(command, io);
    command.outputHelp();
    return EXIT.done;
  }
  let code: number = EXIT.done;
  const program = new Command('datum')
    .usage('COMMAND')
    .version(await versionAndCommit(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help; after a command, the help of that command')
    .helpCommand(false)
    .configureHelp({ formatHelp: programHelp });
  const [name, ...rest] = own;
  const context = { io, args: rest, launcherArgs, setCode: (result: number) => (code = result), run: dispatch };
  const command = await loadCommand(name, context);
  for (const one of command === null ? listedCommands() : [command]) program.addCommand(one);
  prepare(program, io);
  // A word that is no command is said to be none, whatever stands behind it: help of something else would hide that.
  const meant = command === null && name !== undefined && !name.startsWith('-') ? [name] : own;
  await program.parseAsync(meant, { from: 'user' });
  return code;
}

/** Begins with what one types first. */
function programHelp(this: Help, command: Command, helper: Help): string {
  const width = columnsOf(helper.helpWidth);
  const examples = [
    { term: 'datum explain photo.jpg -m model.onnx', text: 'why this answer?' },
    { term: 'datum explain DATASET -m model.onnx -o out', text: 'what is wrong with this model?' },
  ];
  return [
    ...wrapText('Shows which pixels made a vision model answer what it answered.', width),
    '',
    twoColumns(examples, 47, width),
    Help.prototype.formatHelp.call(helper, command, helper),
  ].join('\n');
}

/** No command prints or exits by itself. */
function prepare(command: Command, io: Io): void {
  helpPlainly(command);
  command.exitOverride().configureOutput({
    getOutHelpWidth: () => io.stdout.columns ?? 80,
    getErrHelpWidth: () => io.stderr.columns ?? 80,
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
  const ofModule = failureOfModule(error, 'while other work was done, which what it changed of JavaScript itself does');
  if (ofModule !== null) {
    io.stderr.line(`datum: ${ofModule.say(flagName)}`);
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
