import { Command } from 'commander';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';

interface CreateFlags {
  readonly outputDir?: string;
  readonly from?: string;
  readonly overwrite?: boolean;
}

/** `datum create`. */
export function createCommand(io: Io): Command {
  return new Command('create')
    .description('make a project in a folder')
    .option('-o, --output-dir <dir>', 'the folder (default: the current one)')
    .option(
      '--from <dir>',
      'take over the models and sources of a project of Datumaro (0.1 to 1.11), which stays as it is',
    )
    .option('--overwrite', 'replace the project that is there; other files are not touched')
    .action(async ({ outputDir = '.', from, overwrite = false }: CreateFlags) => {
      const { Project } = await import('../../project/project.js');
      if (from !== undefined) {
        const { project, left } = await Project.createFrom(from, outputDir, overwrite);
        for (const error of left) io.stderr.line(`Left out: ${error.say(flagName)}`);
        const counts = `${countText(project.modelNames.length, 'model')}, ${countText(project.sourceNames.length, 'source')}`;
        io.stdout.line(`Made a project in ${project.root}: ${counts}.`);
        return;
      }
      const project = await Project.create(outputDir, overwrite);
      io.stdout.line(`Made a project in ${project.root}.`);
    });
}
