import { Command } from 'commander';
import type { Io } from '../io.js';

/** What stands behind `datum help` for the glossary. */
const WORDS = 'words';

/**
 * `datum help [COMMAND...]`, and `datum help words`.
 *
 * @param run runs a command line
 */
export function helpCommand(io: Io, run: (args: readonly string[], io: Io) => Promise<number>): Command {
  return new Command('help')
    .argument('[command...]', "a command, or 'words'")
    .usage('[COMMAND | words]')
    .description("print the help of a command, or with 'words' what each figure and word of results means")
    .action(async (command: readonly string[]) => {
      if (command.length === 1 && command[0] === WORDS) {
        const { glossaryText } = await import('../help/glossary-text.js');
        io.stdout.write(glossaryText(io.stdout.columns));
        return;
      }
      await run([...command, '--help'], io);
    });
}
