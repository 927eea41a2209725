import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import { QUIET, quietly, type Io } from '../io.js';

interface MergeFlags {
  readonly outputDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `datum merge`. */
export function mergeCommand(io: Io): Command {
  return new Command('merge')
    .argument('<folders...>', "folders that 'datum explain --shard' wrote, one for each shard")
    .description('put the shards of an explained dataset together in one folder')
    .option('-o, --output-dir <dir>', 'folder of the merged result')
    .option('--json', 'print the summary as JSON')
    .option('--quiet', QUIET)
    .action(async (folders: string[], { outputDir, json, quiet }: MergeFlags) => {
      if (outputDir === undefined) throw new DatumError('usage', 'name the folder of the merged result with -o.');
      const { mergeShards } = await import('../../results/run/merge-shards.js');
      const { runText } = await import('../run-text.js');
      const { lineWidth } = await import('../wrapped.js');
      const { reportFindings } = await import('../report-findings.js');
      const summary = await mergeShards(folders, outputDir);
      const report =
        summary.items.explained === 0 ? null : await reportFindings(quiet === true ? quietly(io) : io, [outputDir]);
      if (json === true) io.stdout.write(`${JSON.stringify({ ...summary, ...report?.json }, null, 2)}\n`);
      else io.stdout.write(runText(summary, outputDir, report, lineWidth(io.stdout)));
    });
}
