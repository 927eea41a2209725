import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { codeOf, DatumError } from '../../errors.js';
import { checkWritable, makeFolder, systemReason } from '../../files.js';
import { markResults } from '../../own-results.js';
import { ANIMALS } from '../examples.js';
import type { Io } from '../io.js';
import { shellCommand } from '../../report/words/shell-command.js';

/** What of them the demo has: a classifier that learned the wrong thing, a detector, sixty images and where the animals are. */
const PARTS = ['classifier-shortcut.onnx', 'detector.onnx', 'images', 'annotations'] as const;

/**
 * `datum demo`: explains an image and a dataset that the package brings.
 *
 * @param run runs a command line, and returns its exit code
 */
export function demoCommand(
  io: Io,
  run: (args: readonly string[], io: Io) => Promise<number>,
  setCode: (code: number) => void,
): Command {
  return new Command('demo')
    .description('explain an image, and a dataset, with models that the package brings: under a minute')
    .option('-o, --output-dir <dir>', 'a new folder for models, images and results', 'datum-demo')
    .action(async ({ outputDir }: { outputDir: string }) => {
      await prepareFolder(outputDir);
      setCode(await demo(io, run, outputDir));
    });
}

async function prepareFolder(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new DatumError('output', `${folder} is no folder: name another one with -o.`, { cause: error, file: folder });
  });
  if (there.length > 0) {
    throw new DatumError('output', `${folder} is not empty: delete it, or name another folder with -o.`, {
      file: folder,
    });
  }
  await checkWritable(folder);
  await makeFolder(folder);
  for (const part of PARTS) {
    await cp(join(ANIMALS, part), join(folder, 'animals', part), { recursive: true }).catch(async (cause: unknown) => {
      // Another try is to find the folder as this one did.
      await rm(join(folder, 'animals'), { recursive: true, force: true });
      const reason = codeOf(cause) === 'ENOENT' ? 'install datum-explain anew' : systemReason(cause);
      throw new DatumError('output', `${part} of the demo cannot be copied to ${folder}: ${reason}.`, { cause });
    });
  }
  // Within a dataset it is no part of that.
  await markResults(folder, 'demo');
}

async function demo(
  io: Io,
  run: (args: readonly string[], io: Io) => Promise<number>,
  folder: string,
): Promise<number> {
  const at = (...names: string[]): string => join(folder, ...names);
  const model = at('animals', 'classifier-shortcut.onnx');
  const say = (text: string): void => {
    io.stdout.line(text);
  };
  const step = async (args: readonly string[]): Promise<number> => {
    say(`$ ${shellCommand(['datum', ...args])}`);
    const code = await run(args, io);
    say('');
    return code;
  };
  say('A classifier of ten animals calls this duck a horse. Why?');
  say('');
  const image = at('animals', 'images', 'watermark_on_duck.jpg');
  const one = await step(['explain', image, '-m', model, '-o', at('duck')]);
  if (one !== 0) return one;
  say("The map lies on the photographer's mark in the lower left corner. Is that so in all images? Sixty of them:");
  say('');
  const dataset = `${at('animals')}:coco`;
  const all = await step(['explain', dataset, '-m', model, '-o', at('all'), '--max-samples', '256']);
  if (all !== 0) return all;
  say(`Look at ${at('all', 'index.html')}: each finding with its images.`);
  say('Then try a detector:');
  const scene = at('animals', 'images', 'scene_00.jpg');
  const detector = at('animals', 'detector.onnx');
  say(`$ ${shellCommand(['datum', 'explain', scene, '-m', detector, '-o', at('scene')])}`);
  say('What the figures mean: datum help words');
  return 0;
}
