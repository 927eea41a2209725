import { Option, type Command } from 'commander';
import { wordsTaken } from '../schema-flags.js';

/** A flag as a shell completes it. */
export interface CompletedFlag {
  /** All that it is called, such as `-o` and `--output-dir`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** Words that its value may be; empty where it is free, and then a file is offered. */
  readonly words: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** Words that lead to it: `['model', 'add']`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** Names of commands below it, or words that it takes. */
  readonly words: readonly string[];
  /** Flags behind `--`. */
  readonly behind: readonly CompletedFlag[];
}

/** What a command takes that its own definition does not say. */
export interface Extra {
  readonly words?: readonly string[];
  readonly flags?: readonly Option[];
  readonly behind?: readonly Option[];
}

/** A command and all below it, as its definition says. */
export function completedCommands(
  command: Command,
  extraOf: (path: readonly string[]) => Extra,
  above: readonly string[] = [],
): CompletedCommand[] {
  const path = [...above, command.name()];
  const { words = [], flags = [], behind = [] } = extraOf(path);
  const arguments_ = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [
    {
      path,
      description: firstLine(command.description()),
      flags: unique([...command.createHelp().visibleOptions(command), ...flags]).map(completedFlag),
      words: [...command.commands.map((one) => one.name()), ...arguments_, ...words],
      behind: behind.length === 0 ? [] : [...behind, HELP].map(completedFlag),
    },
    ...command.commands.flatMap((one) => completedCommands(one, extraOf, path)),
  ];
}

const HELP = new Option('-h, --help', 'print these options');

function unique(options: readonly Option[]): Option[] {
  return [...new Map(options.map((option) => [option.long ?? option.flags, option])).values()];
}

function completedFlag(option: Option): CompletedFlag {
  return {
    // `--mw, --mask-width <n>`: Commander calls the first one short.
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: firstLine(option.description),
    takesValue: option.required || option.optional,
    words: wordsTaken(option),
  };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
