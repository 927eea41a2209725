import { z } from 'zod';
import { filesIn } from '../../files.js';
import { PythonChild, type PythonOptions } from '../../python/child.js';

/** The files of a folder of plug-ins that one of them may be read from, as Datumaro looks for them, and what they may import. */
export async function pluginFiles(folder: string): Promise<string[]> {
  return (await filesIn(folder)).filter((file) => file.endsWith('.py'));
}

/** How sentences name a launcher of a folder of plug-ins. */
export function launcherCalled(name: string, folder: string): string {
  return `the launcher '${name}' of ${folder}`;
}

const parsedSchema = z.object({ options: z.record(z.string(), z.unknown()), rest: z.array(z.string()) });

/**
 * Has a launcher of a folder of plug-ins read a command line, with its own parser.
 *
 * @returns its options, and the arguments that it does not know
 * @throws DatumError (`usage`) where there is no such launcher, it does not load, or refuses the arguments
 */
export async function parsePluginArguments(
  folder: string,
  name: string,
  args: readonly string[],
  options: PythonOptions,
): Promise<z.output<typeof parsedSchema>> {
  const child = new PythonChild(
    { kind: 'model', path: folder, called: launcherCalled(name, folder), errors: 'usage' },
    options,
  );
  try {
    return parsedSchema.parse((await child.ask('parse', { plugin: name, arguments: args })).message);
  } finally {
    child.close();
  }
}
