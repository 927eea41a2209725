/** What shells complete: asked of the shells themselves. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { explainCommand } from '../../src/cli/explain/flags.js';
import { datum } from '../helpers/cli.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

function isThere(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout, stderr } = await datum(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return folder.write(`completion.${shell}`, stdout);
}

describe.skipIf(!isThere('bash'))('bash', () => {
  let script: string;
  beforeAll(async () => (script = await scriptOf('bash')));

  /** What bash would offer for the last of the words. */
  function offered(...words: string[]): string[] {
    const ask = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _datum; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-euc', ask, 'bash', script, 'datum', ...words], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('commands', () => {
    expect(offered('ex')).toEqual(['explain']);
    expect(offered('')).toEqual(expect.arrayContaining(['explain', 'serve', 'doctor', 'completion', 'help']));
    expect(offered('--v')).toEqual(['--version']);
    expect(offered('model', '')).toEqual(['add', 'remove', 'list', 'run']);
    expect(offered('help', 'w')).toEqual(['words']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('every flag of explain', async () => {
    const { options } = await explainCommand([], () => Promise.resolve());
    const all = offered('explain', 'photo.jpg', '-');
    expect(options.flatMap(({ short, long }) => [short, long ?? '']).filter((one) => one !== undefined)).toSatisfy(
      (flags: string[]) => flags.every((flag) => all.includes(flag)),
    );
    expect(offered('explain', '--max-s')).toEqual(['--max-samples']);
    // Of another method.
    expect(offered('explain', '--wind')).toEqual(['--window']);
    expect(offered('model', 'run', '--over')).toEqual(['--overwrite']);
    expect(offered('model', 'list', '--over')).toEqual([]);
  });

  it('values that are enumerated', () => {
    expect(offered('explain', '--match', '')).toEqual(['iou', 'd-rise']);
    expect(offered('explain', '--preset', 's')).toEqual(['sharp']);
    expect(offered('explain', '--metrics', '')).toEqual(['none', 'fast', 'full']);
    expect(offered('explain', '--fill', 'b')).toEqual(['blur']);
    expect(offered('explain', '-m', 'a.onnx', '--', '--color', '')).toEqual(['rgb', 'bgr', 'gray']);
  });

  it('methods once they are begun, and nothing where a file is meant', () => {
    expect(offered('explain', 'photo.jpg', 'occ')).toEqual(['occlusion']);
    expect(offered('explain', '')).toEqual([]);
    expect(offered('explain', '-m', '')).toEqual([]);
    expect(offered('report', '')).toEqual([]);
  });

  it('flags of the model behind --, and only there', () => {
    expect(offered('explain', 'a.jpg', '--', '--input')).toEqual(['--input-size']);
    expect(offered('explain', 'a.jpg', '--input')).toEqual([]);
    expect(offered('explain', 'a.jpg', '--', '--box')).toEqual([]);
    expect(offered('report', 'out', '--', '--')).toEqual([]);
  });

  it('is registered for both names, and falls back to files', () => {
    const { stdout } = spawnSync('bash', ['-c', `. "${script}"; complete -p datum datum-explain`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('complete -o default -F _datum datum\ncomplete -o default -F _datum datum-explain\n');
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it.skipIf(!isThere(shell))(
    `takes the script${isThere(shell) ? '' : ` (skipped: there is no ${shell})`}`,
    async () => {
      const { status, stderr } = spawnSync(shell, ['-n', await scriptOf(shell)], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    },
  );

  it('has every command and what its flags take', async () => {
    const { stdout } = await datum(['completion', shell]);
    for (const word of [
      'explain',
      'superpixels',
      'd-rise',
      'time-budget',
      'input-size',
      'letterbox-top-left',
      'words',
    ]) {
      expect(stdout).toContain(word);
    }
  });
});

it('another shell is refused', async () => {
  const { code, stderr } = await datum(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});
