import { Help, type Command, type Option } from 'commander';
import { columnsOf } from './text-columns.js';

/** Terms that are longer stand on a line of their own, with what they mean below. */
const LONGEST_TERM = 30;
/** Characters that a description needs beside its term; with fewer it stands below. */
const LEAST_BESIDE = 34;
/** Before a description that stands below its term. */
const BELOW = ' '.repeat(6);

/**
 * Help that fits the terminal, however narrow, and never breaks a word: Commander's own leaves lines longer than the terminal
 * where it is narrow, and lets one long option push all descriptions to the right.
 */
class PlainHelp extends Help {
  override minWidthToWrap = 1;

  override prepareContext(context: Parameters<Help['prepareContext']>[0]): void {
    this.helpWidth ??= columnsOf(context.helpWidth);
  }

  get width(): number {
    return columnsOf(this.helpWidth);
  }

  override commandUsage(command: Command): string {
    return this.boxWrap(super.commandUsage(command), this.width - 9).replaceAll('\n', '\n         ');
  }

  /** Headings end in no colon, but for the one whose text follows on its line. */
  override styleTitle(title: string): string {
    return title === 'Usage:' ? title : title.replace(/:$/, '');
  }

  override optionTerm(option: Option): string {
    return optionTerm(option);
  }

  override subcommandTerm(command: Command): string {
    return command.name();
  }

  override padWidth(command: Command, helper: Help): number {
    const terms = [
      ...helper.visibleOptions(command).map((option) => helper.optionTerm(option)),
      ...helper.visibleCommands(command).map((one) => helper.subcommandTerm(one)),
      ...helper.visibleArguments(command).map((one) => helper.argumentTerm(one)),
    ];
    return Math.max(0, ...terms.map((term) => term.length).filter((length) => length <= LONGEST_TERM));
  }

  override formatItem(term: string, termWidth: number, description: string): string {
    if (description === '') return `  ${term}`;
    const beside = this.width - termWidth - 4;
    if (beside < LEAST_BESIDE) {
      return `  ${term}\n${BELOW}${this.boxWrap(description, this.width - BELOW.length).replaceAll('\n', `\n${BELOW}`)}`;
    }
    const indent = ' '.repeat(termWidth + 4);
    const wrapped = this.boxWrap(description, beside).replaceAll('\n', `\n${indent}`);
    return term.length > termWidth ? `  ${term}\n${indent}${wrapped}` : `  ${term.padEnd(termWidth)}  ${wrapped}`;
  }
}

/** Gives a command and those below it this help; what they configured of it themselves stays. */
export function helpPlainly(command: Command): void {
  command.createHelp = () => Object.assign(new PlainHelp(), command.configureHelp());
  for (const sub of command.commands) helpPlainly(sub);
}

/** An option as help shows it: `-o, --output-dir DIR`. */
export function optionTerm({ flags }: Option): string {
  return flags.replace(/<([^>]*)>/, (_, value: string) => value.toUpperCase());
}
