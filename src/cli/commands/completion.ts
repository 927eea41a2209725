import { Argument, Command, type Option } from 'commander';
import { METHODS } from '../../explain/methods.js';
import { completedCommands, type Extra } from '../completion/tree.js';
import { SHELLS } from '../completion/scripts.js';
import type { Io } from '../io.js';
import { launcherCommand } from '../launcher-flags.js';

/** Commands that take flags of a model behind `--`. */
const OF_MODELS: readonly string[] = ['explain', 'check', 'model add', 'model run'];

/**
 * `datum completion bash|zsh|fish`.
 *
 * @param load a command by what stands behind its name: all of them without a name
 */
export function completionCommand(io: Io, load: (args: readonly string[]) => Promise<Command[]>): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .description(
      'print a script that has a shell complete commands, flags, their values and files\n\nIn ~/.bashrc: eval "$(datum completion bash)". In ~/.zshrc, after compinit: source <(datum completion zsh). For fish: datum completion fish > ~/.config/fish/completions/datum.fish',
    )
    .action(async (shell: string) => {
      const extra = await extras(load);
      const all = (await load([])).flatMap((command) => completedCommands(command, extra));
      io.stdout.write(SHELLS[shell]?.(all) ?? '');
    });
}

/** What commands take that their own definitions do not say. */
async function extras(
  load: (args: readonly string[]) => Promise<Command[]>,
): Promise<(path: readonly string[]) => Extra> {
  const names = METHODS.map(({ name }) => name);
  // Flags that only one method has.
  const ofMethods: Option[] = [];
  for (const name of names) ofMethods.push(...(await load(['explain', name])).flatMap((one) => [...one.options]));
  const listed = (await load([])).map((one) => one.name());
  const behind = [...launcherCommand().options];
  return (path) => {
    const key = path.join(' ');
    return {
      ...(OF_MODELS.includes(key) ? { behind } : {}),
      ...(key === 'explain' ? { words: names, flags: ofMethods } : {}),
      ...(key === 'help' ? { words: [...listed, 'words'] } : {}),
    };
  };
}
