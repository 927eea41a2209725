import type { DatumError } from '../errors.js';

/** The command that helps where a project, or something in it, is not there; by the option that the error is about. */
const COMMANDS: Readonly<Record<string, string>> = {
  project: 'datum create',
  model: 'datum model',
  source: 'datum import',
};

/** The command that helps with an error, to be added to its sentence; empty where none does. */
export function commandHint({ kind, option }: DatumError): string {
  const command = kind === 'project' && option !== null ? COMMANDS[option] : undefined;
  return command === undefined ? '' : ` See '${command} --help'.`;
}
