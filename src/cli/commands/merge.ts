import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import type { Io } from '../io.js';

/** `datum merge`. */
export function mergeCommand(io: Io): Command {
  return new Command('merge')
    .argument('<folders...>', "folders that 'datum explain --shard' wrote, one for each shard")
    .description('put the shards of an explained dataset together in one folder')
    .option('-o, --output-dir <dir>', 'folder of the whole')
    .option('--json', 'print the summary as JSON')
    .action(async (folders: string[], { outputDir, json }: { outputDir?: string; json?: boolean }) => {
      if (outputDir === undefined) throw new DatumError('usage', 'name the folder of the whole with -o.');
      const { mergeShards } = await import('../../runs/dataset/merge.js');
      const { summaryText } = await import('../summary-text.js');
      const summary = await mergeShards(folders, outputDir);
      io.stdout.write(json === true ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary));
      if (json !== true) io.stdout.write(`Written to ${outputDir}.\n`);
    });
}
