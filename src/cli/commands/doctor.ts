import { Command } from 'commander';
import { columnsOf, wrapText } from '../help/text-columns.js';
import type { Io } from '../io.js';
import type { Checked } from '../doctor/checks.js';
import { SIGNS } from '../signs.js';

interface DoctorFlags {
  readonly project: string;
  readonly python?: string;
  readonly json?: boolean;
}

/** `datum doctor`. Exit code 0, or 1 where something that datum itself needs is broken. */
export function doctorCommand(io: Io, setCode: (code: number) => void): Command {
  return new Command('doctor')
    .description('say what is installed, which runtimes and devices work, and in which versions; nothing is downloaded')
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--python <command>', 'the Python to ask (default: the active virtual environment, else python3)')
    .option('--json', 'print the result as JSON')
    .action(async ({ project, python, json }: DoctorFlags) => {
      const { checkAll } = await import('../doctor/checks.js');
      const checked = await checkAll({ project, python });
      const isBroken = checked.some(({ state }) => state === 'bad');
      if (json === true) io.stdout.write(`${JSON.stringify({ works: !isBroken, checks: checked }, null, 2)}\n`);
      else io.stdout.write(textOf(checked, io.stdout.columns));
      if (isBroken) setCode(1);
    });
}

function textOf(checked: readonly Checked[], columns: number | undefined): string {
  const width = columnsOf(columns);
  const names = Math.max(...checked.map(({ name }) => name.length)) + 4;
  const lines = checked.flatMap(({ name, state, text }) =>
    wrapText(text, width - names).map((line, i) =>
      i === 0 ? `${`${SIGNS[state]} ${name}`.padEnd(names)}${line}` : `${' '.repeat(names)}${line}`,
    ),
  );
  const broken = checked.filter(({ state }) => state === 'bad').map(({ name }) => name);
  const end =
    broken.length === 0
      ? 'All that datum needs works. Try it: datum demo'
      : `Broken: ${broken.join(', ')}. datum does not work without.`;
  return `${[...lines, '', ...wrapText(end, width)].join('\n')}\n`;
}
