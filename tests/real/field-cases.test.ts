import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportContent, nameRuns } from '../../src/report/html/report-content.js';
import { readRun } from '../../src/results/read-run.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { datum, type CliResult } from '../helpers/cli.js';
import { readRunRecord } from '../../src/results/run/run-record.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

/** A copy of a case, since results may be written into it. */
function copied(name: string): string {
  const path = folder.at(`cases/${name}`);
  if (!existsSync(path)) cpSync(asset(`field-cases/${name}`), path, { recursive: true });
  return path;
}

async function explained(
  name: string,
  target: string,
  model: string,
  more: readonly string[] = [],
): Promise<CliResult & { out: string }> {
  const at = copied(name);
  const out = folder.at(`out/${name}-${target.replaceAll('/', '-')}-${model}`);
  const quick = ['rise', '--max-samples', '16', '--metrics', 'none'];
  const result = await datum(['explain', `${at}/${target}`, '-m', `${at}/${model}`, '-o', out, ...quick, ...more]);
  return { ...result, out };
}

/** Outcomes of all items together, as the lines of items.jsonl have them. */
function outcomes(out: string): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const line of readFileSync(`${out}/items.jsonl`, 'utf8').trim().split('\n')) {
    const record = JSON.parse(line) as { outcomes?: Record<string, number> | null };
    for (const [outcome, count] of Object.entries(record.outcomes ?? {})) sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  return sum;
}

describe.skipIf(!hasAssets)('inputs on which real use went wrong', () => {
  it('02: images without annotations: nobody looked', async () => {
    const { out, stderr } = await explained('02', 'ds', 'm.onnx');
    expect(outcomes(out)).toEqual({});
    expect(stderr).toContain('nobody looked at them, so answers to them are not judged');
  });

  it('06: boxes of the image as stored and as seen, and a mixture that is said', async () => {
    const { out, stderr } = await explained('06', 'ds', 'm.onnx');
    expect(outcomes(out)).toMatchObject({ truePositive: 2, falsePositive: 1, missed: 1 });
    expect(stderr).toContain('so look at stored, mixed and upright');
    const lines = readFileSync(`${out}/items.jsonl`, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line.includes('turned by EXIF'))).toHaveLength(2);
  });

  it('07: a size that is not that of the file', async () => {
    const { out, stderr } = await explained('07', 'ds', 'm.onnx');
    expect(outcomes(out)).toMatchObject({ truePositive: 2, falsePositive: 0, missed: 0 });
    expect(stderr).toContain('the boxes are scaled with the image: 2 (a, b)');
  });

  it('33: whole files are read as Pillow reads them, and broken ones are failures with a sentence', async () => {
    const { stdout } = await explained('33', 'ds', 'm.onnx');
    expect(stdout).toContain('7 of 12 pictures explained, 5 failed.');
    for (const broken of ['crc', 'half', 'noend', 'page', 'zero'])
      expect(stdout).toMatch(new RegExp(`^ {2}${broken}: `, 'm'));
    expect(stdout).toContain('is a page of HTML');
  });

  it('34: boxes without a place are left out and not missed', async () => {
    const { out, stderr } = await explained('34', 'ds', 'm.onnx');
    expect(outcomes(out)).toMatchObject({ truePositive: 1, falsePositive: 0, missed: 0 });
    expect(stderr).toContain('boxes without area 2 (b, c); boxes outside of their image 1 (d)');
    // As run.json and the report's header say it.
    const read = (await readRunRecord(out))?.dataset.read;
    expect(read?.boxes).toBe(1);
    const content = await reportContent(nameRuns([await readRun(out, { details: true })]), {
      tool: 'datum',
      beside: out,
    });
    expect(content.runs[0]?.read).toEqual([
      ...(read?.sentences ?? []),
      "1 of 1 class of the dataset is in the model; 2 of the model's 3 are not in the dataset.",
    ]);
  });

  it('41: folders that are numbers, without names and with others', async () => {
    const bare = await explained('41', 'g', 'm.onnx');
    expect(outcomes(bare.out)).toMatchObject({ truePositive: 3 });
    expect(bare.stderr).toContain("the dataset's classes are numbers");
  });

  it('47: a model without names, and polygons that are none', async () => {
    const named = await explained('47', 'ds', 'm.onnx');
    expect(outcomes(named.out)).toMatchObject({ truePositive: 4, missed: 0 });
    const nameless = await explained('47', 'ds', 'nonames.onnx');
    expect(nameless.stderr).toContain('The model has no class names, so its answers are not compared');
    expect(nameless.stderr).toContain('--labels');
    expect(nameless.stdout).toMatch(/could not be made\.\n(?: {2}.*\n)* {2}.*name its classes with --labels/);
    expect(nameless.stderr).not.toContain('no annotations');
  });

  it('56: results in the dataset are refused among its files, and never read', async () => {
    const at = copied('56');
    const run = (out: string): Promise<CliResult> =>
      datum([
        'explain',
        `${at}/pics`,
        '-m',
        `${at}/m.onnx`,
        '-o',
        out,
        'rise',
        '--max-samples',
        '16',
        '--metrics',
        'none',
      ]);
    expect(await run(`${at}/pics`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds files of the dataset') as string,
    });
    for (let times = 0; times < 2; times++) {
      const { code, stdout } = await run(`${at}/pics/out`);
      expect([code, stdout.split('\n')[0]]).toEqual([0, '1 of 1 picture explained.']);
    }
    const predicted = await datum(['model', 'run', `${at}/pics`, '-m', `${at}/m.onnx`, '-o', `${at}/pics/pred`]);
    expect([predicted.code, predicted.stderr]).toEqual([
      0,
      expect.stringContaining('Read as image_dir, since a.png is an image: 1 image'),
    ]);
    const overwriting = ['model', 'run', `${at}/pics`, '-m', `${at}/m.onnx`, '-o', `${at}/pics`, '--overwrite'];
    expect((await datum(overwriting)).stderr).toContain('holds files of the dataset');
    expect((await run(`${at}/other`)).stdout).toContain('1 of 1 picture explained.');
  });

  it('57: litter is no class, an empty folder is one; and import says so', async () => {
    const at = copied('57');
    mkdirSync(`${at}/f/bird`, { recursive: true });
    const { out, stderr } = await explained('57', 'f', 'm.onnx');
    expect(outcomes(out)).toMatchObject({ truePositive: 2 });
    expect(stderr).toContain('2 images, 2 annotated, 2 labels of whole images, 3 classes');
    await datum(['create', '-o', folder.at('project')]);
    const imported = await datum(['import', `${at}/f`, '-p', folder.at('project'), '-n', 'pets']);
    expect(imported.stdout).toBe(
      'Added the source pets: imagenet, 2 images, 2 annotated, 2 labels of whole images, 3 classes.\n',
    );
    expect(imported.stderr).toContain('Read as imagenet, since each folder in it');
  });
});
