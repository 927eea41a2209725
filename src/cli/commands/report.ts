import { Command } from 'commander';
import { QUIET, quietly, type Io } from '../io.js';
import { pointer } from '../pointer.js';
import { reportFindings } from '../report-findings.js';

interface ReportFlags {
  readonly outputDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `datum report`. */
export function reportCommand(io: Io): Command {
  return new Command('report')
    .argument('<folders...>', "folders that 'datum explain -o' wrote; several are shown side by side")
    .description('write the report of explained folders: what is wrong, and every image with its maps')
    .option('-o, --output-dir <dir>', 'where to write index.html (default: the first folder)')
    .option('--json', 'print the findings as JSON')
    .option('--quiet', QUIET)
    .action(async (folders: string[], { outputDir, json, quiet }: ReportFlags) => {
      const { json: found, text, path } = await reportFindings(quiet === true ? quietly(io) : io, folders, outputDir);
      io.stdout.write(json === true ? `${JSON.stringify(found, null, 2)}\n` : `${text}\n${pointer('Look', path)}`);
    });
}
