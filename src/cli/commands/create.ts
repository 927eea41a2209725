import { Command } from 'commander';
import type { Io } from '../io.js';

/** `datum create`. */
export function createCommand(io: Io): Command {
  return new Command('create')
    .description('make a project in a folder')
    .option('-o, --output-dir <dir>', 'the folder (default: the current one)')
    .option('--overwrite', 'replace the project that is there; other files are not touched')
    .action(async ({ outputDir = '.', overwrite = false }: { outputDir?: string; overwrite?: boolean }) => {
      const { Project } = await import('../../project/project.js');
      const project = await Project.create(outputDir, overwrite);
      io.stdout.write(`Made a project in ${project.root}.\n`);
    });
}
