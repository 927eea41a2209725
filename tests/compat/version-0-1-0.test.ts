/**
 * Folders that version 0.1.0 wrote can still be used: reported on, gone on with, merged. fixtures/0.1.0/ is a project with
 * the images and models of fixtures/inputs/ in it; the results say that it lay in /old/project. `interrupted` was
 * ended by a kill in its fourth item.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BIN, start, type Ended } from '../helpers/built.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { differencesOf } from './differences.js';

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const temp = tempFolder();

/** The folder that all was written in. */
const WRITTEN_IN = '/old/project';

/** A project as version 0.1.0 left it. */
interface OldProject {
  readonly path: string;
  readonly at: (...names: string[]) => string;
  /** Runs the command in it. */
  readonly datum: (args: string) => Promise<Ended>;
}

/**
 * A copy of the project at another place, with images and models. Folders of results still say where the images lay before,
 * unless they are told where these are now.
 */
function oldProject({ told = false } = {}): OldProject {
  const path = mkdtempSync(join(temp.path, 'project-'));
  const at = (...names: string[]): string => join(path, ...names);
  cpSync(`${FIXTURES}inputs`, path, { recursive: true });
  cpSync(`${FIXTURES}0.1.0`, path, { recursive: true });
  const results = ['photo', 'finished', 'interrupted', 'shard-1', 'shard-2'];
  for (const name of told ? results.flatMap((one) => jsonFilesOf(at(one))) : []) {
    writeFileSync(name, readFileSync(name, 'utf8').replaceAll(WRITTEN_IN, path));
  }
  return { path, at, datum: (args) => start(process.execPath, [BIN, ...args.split(' ')], path).ended };
}

function jsonFilesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.jsonl?$/.test(name)).map((name) => join(folder, name));
}

/** Reads JSON with all paths as they were in the folder that the results were written in. */
function readJson(path: string, project: OldProject): unknown {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(project.path, WRITTEN_IN));
}

const itemSchema = z.looseObject({ index: z.number(), id: z.string(), status: z.string() });
const figures = { score: z.number(), verdict: z.string(), reliability: z.number(), range: z.looseObject({}) };
const targetSchema = z.looseObject({ ...figures, kind: z.string(), label: z.looseObject({}) });
const explainedSchema = itemSchema.extend({
  run: z.looseObject({ samples: z.number(), forwards: z.number(), stopped: z.string() }),
  outcomes: z.record(z.string(), z.number()),
  targets: z.array(targetSchema),
});

/** The lines of a run's items; those of explained ones have all that makes an item. */
function itemsOf(folder: string, project: OldProject): z.output<typeof itemSchema>[] {
  const lines = readFileSync(join(folder, 'items.jsonl'), 'utf8').replaceAll(project.path, WRITTEN_IN).split('\n');
  return lines.slice(0, -1).map((line) => {
    const item = itemSchema.parse(JSON.parse(line));
    return item.status === 'ok' ? explainedSchema.parse(item) : item;
  });
}

/** Where the images of items lie, as the items say it. */
function imagePathsOf(folder: string): string[] {
  const lines = readFileSync(join(folder, 'items.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => z.object({ image: z.object({ path: z.string() }) }).parse(JSON.parse(line)).image.path);
}

const summarySchema = z.looseObject({
  complete: z.boolean(),
  items: z.record(z.string(), z.number()),
  overall: z.looseObject({}),
});

function summaryOf(folder: string, project: OldProject): z.output<typeof summarySchema> {
  return summarySchema.parse(readJson(join(folder, 'summary.json'), project));
}

/** What is measured at other shares than then, or was not judged then. */
const OTHERWISE_MEASURED = [
  'run',
  'notes',
  'verdict',
  'faithfulness',
  'summary',
  'deletionAuc',
  'insertionAuc',
  'boundary',
];

function asMeasuredThen(items: readonly unknown[]): unknown {
  const text = JSON.stringify(items, (name, value: unknown) => (OTHERWISE_MEASURED.includes(name) ? undefined : value));
  // A target's files were called `-heatmap-0.png` where they are called `-1-dog-heatmap.png` now.
  return JSON.parse(
    text.replaceAll(
      /-(\d+)-(?:bright|dark)-([a-z]+)\.(png|npy)"/g,
      (_, rank: string, what: string, ending: string) => `-${what}-${Number(rank) - 1}.${ending}"`,
    ),
  );
}

/** What a page shows of its images, without the images. */
const pageSchema = z.looseObject({
  runs: z.array(z.looseObject({ counts: z.record(z.string(), z.number()), findings: z.array(z.looseObject({})) })),
  items: z.array(
    z.looseObject({
      id: z.string(),
      image: z.string().nullable(),
      answers: z.array(
        z
          .looseObject({
            status: z.string(),
            targets: z.array(
              z.looseObject({ score: z.number(), map: z.looseObject({ bytes: z.string() }).nullable() }),
            ),
          })
          .nullable(),
      ),
    }),
  ),
});

function pageOf(path: string): z.output<typeof pageSchema> {
  const found = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, 'utf8'));
  // Version 0.1.0 called an item's image its picture, and the sides of a region w and h.
  const text = (found?.[1] ?? 'null')
    .replaceAll('"picture":', '"image":')
    .replaceAll('"w":', '"width":')
    .replaceAll('"h":', '"height":');
  return pageSchema.parse(JSON.parse(text));
}

/** Findings in the words of today: version 0.1.0 called an image a picture always, and a map saliency. */
function inWordsOfNow(findings: unknown): unknown {
  return JSON.parse(
    JSON.stringify(findings)
      .replaceAll('picture', 'image')
      .replaceAll('rest on something else than the object', 'depend on something beside the object')
      .replaceAll(/saliency(?= gathers| in the spot| on the|,| lies)/g, 'map'),
  );
}

/**
 * Levels of 255 by which maps on pages may be apart. Exact until version 0.1.0's heatmaps, then scaled for a page by libvips,
 * were scaled by the project's own kernel.
 */
const MAP_LEVELS = 1;

/** What differs between what two pages show; an image is only to be there. */
function differencesOfPages(before: string, now: string): string[] {
  const pages = [pageOf(before), pageOf(now)] as const;
  const [old, fresh] = pages.map(({ runs, items }) => ({
    runs: runs.map(({ counts, findings }) => ({ counts, findings: inWordsOfNow(findings) })),
    items: items.map((item) => ({ ...withoutBytes(item), image: item.image?.slice(0, 10) ?? null })),
  }));
  const [oldMaps, freshMaps] = pages.map(mapsOf);
  const apart = oldMaps!.map((map, i) => levelsApart(map, freshMaps![i]));
  const far = apart.filter((levels) => !(levels <= MAP_LEVELS)).map((levels) => `a map differs by ${levels} levels`);
  return [...differencesOf(old, fresh), ...far];
}

function withoutBytes(item: object): object {
  return z.looseObject({}).parse(JSON.parse(JSON.stringify(item).replaceAll(/"bytes":"[^"]*"/g, '"bytes":""')));
}

function mapsOf({ items }: z.output<typeof pageSchema>): readonly Buffer[] {
  const targets = items.flatMap(({ answers }) => answers.flatMap((answer) => answer?.targets ?? []));
  return targets.flatMap(({ map }) => (map === null ? [] : [Buffer.from(map.bytes, 'base64')]));
}

function levelsApart(one: Buffer, other: Buffer | undefined): number {
  if (one.length !== other?.length) return Infinity;
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}

/** Runs a command that must end well. */
async function well(project: OldProject, args: string): Promise<string> {
  const { code, stdout, stderr } = await project.datum(args);
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('a project of version 0.1.0', () => {
  it('has its models and sources', async () => {
    const project = oldProject();
    const list = async (what: string): Promise<string[]> => {
      const lines = (await well(project, `${what} list`)).trimEnd().split('\n');
      return lines.map((line) => line.replace(project.path, '').replace(/ +/g, ' '));
    };
    expect(await list('model')).toEqual([
      'bright onnx classification /models/bright.onnx',
      'plants onnx yolox /models/yolox.onnx',
    ]);
    expect(await list('source')).toEqual(['bright imagenet /bright', 'plants coco /plants']);
  });
});

describe('a report on what version 0.1.0 wrote', () => {
  it('shows a single image as its page did', async () => {
    const project = oldProject({ told: true });
    await well(project, 'report photo/right-explanation.json -o again');
    expect(differencesOfPages(project.at('photo/right-report.html'), project.at('again/right-report.html'))).toEqual(
      [],
    );
    await well(project, 'report photo');
    const [item] = pageOf(project.at('photo/index.html')).items;
    expect(item?.answers[0]?.targets.map(({ map }) => map?.bytes.length)).toHaveLength(4);
    expect(item?.image).not.toBeNull();
  });

  it('shows a dataset as its page did, with the same findings', async () => {
    const project = oldProject({ told: true });
    await well(project, 'report finished -o again');
    expect(differencesOfPages(project.at('finished/report.html'), project.at('again/index.html'))).toEqual([]);
    const kept = readJson(project.at('finished/findings.json'), project);
    expect(kept).toMatchObject({ runs: [{ findings: [{ kind: 'shared-spot' }, { kind: 'wrong-reason' }] }] });
    const again = readJson(project.at('again/findings.json'), project);
    expect(differencesOf(inWordsOfNow(kept), inWordsOfNow(again))).toEqual([]);
  });

  it('shows what is done of an interrupted run, and of shards', async () => {
    const project = oldProject({ told: true });
    await well(project, 'report interrupted');
    const { runs, items } = pageOf(project.at('interrupted/index.html'));
    expect(runs.map(({ counts }) => counts)).toEqual([{ explained: 3, skipped: 0, failed: 0 }]);
    expect(items.map(({ id }) => id)).toEqual([0, 2, 4].map((one) => `bright/picture ${one}`));
    for (const { image, answers } of items) {
      expect(image).toMatch(/^data:image/);
      for (const { map } of answers[0]?.targets ?? []) expect(map?.bytes.length).toBeGreaterThan(100);
    }
    await well(project, 'report shard-1 shard-2 -o both');
    expect(pageOf(project.at('both/index.html')).items).toHaveLength(6);
  });

  it('does without images that lie elsewhere now', async () => {
    const project = oldProject();
    await well(project, 'report shard-1');
    const { items } = pageOf(project.at('shard-1/index.html'));
    expect(items.map(({ image }) => image)).toEqual([null, null, null]);
    expect(items.map(({ answers }) => answers[0]?.targets.length).sort()).toEqual([0, 2, 4]);
  });
});

describe('a run that version 0.1.0 began', () => {
  const SAVED_THEN = 'heatmap,overlay,raw,json,evidence,contrast';
  const COMMAND = 'explain bright -m bright -o interrupted rise -s 128 --seed 4 --stop-at off --workers 1';

  it('is gone on with, and ends as one that was made at once', async () => {
    const project = oldProject();
    const before = itemsOf(project.at('interrupted'), project);
    expect(before).toHaveLength(3);
    await well(project, COMMAND);
    // What was saved then without being asked for is asked for now.
    const atOnce = `${COMMAND.replace('interrupted', 'at-once')} --mw 7 --mh 7 --fill zero --save ${SAVED_THEN}`;
    await well(project, atOnce);
    const [made, goneOn] = [itemsOf(project.at('at-once'), project), itemsOf(project.at('interrupted'), project)];
    expect(made).toHaveLength(6);
    const ignoring = { missing: 'ignored' } as const;
    expect(differencesOf(made.slice(3), goneOn.slice(3), ignoring)).toEqual([]);
    expect(differencesOf(asMeasuredThen(made), asMeasuredThen(goneOn), ignoring)).toEqual([]);
    expect(summaryOf(project.at('interrupted'), project)).toMatchObject({ complete: true, items: { explained: 6 } });
    // What was done is not done again: it still says where the images lay then.
    const places = imagePathsOf(project.at('interrupted'));
    expect(places.map((place) => place.startsWith(WRITTEN_IN))).toEqual([true, true, true, false, false, false]);
    expect(
      differencesOf(before, itemsOf(project.at('interrupted'), project).slice(0, 3), { missing: 'ignored' }),
    ).toEqual([]);
    expect(existsSync(project.at('interrupted/findings.json'))).toBe(true);
    // Nor is anything left of what the kill tore.
    const names = readdirSync(project.at('interrupted'), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.endsWith('.tmp') || name === '.lock')).toEqual([]);
    expect(pageOf(project.at('interrupted/index.html')).items).toHaveLength(6);
  });

  it('is not gone on with otherwise than it was begun', async () => {
    const project = oldProject();
    const { code, stderr } = await project.datum(COMMAND.replace('--seed 4', '--seed 5'));
    expect(code).toBe(1);
    expect(stderr).toContain('(--seed was 4 and is 5)');
    expect(itemsOf(project.at('interrupted'), project)).toHaveLength(3);
  });
});

describe('shards of version 0.1.0', () => {
  it('are merged to all that they hold', async () => {
    const project = oldProject();
    await well(project, 'merge shard-2 shard-1 -o merged');
    const parts = ['shard-1', 'shard-2'].flatMap((name) => itemsOf(project.at(name), project));
    const inOrder = parts.sort((a, b) => a.index - b.index);
    expect(itemsOf(project.at('merged'), project)).toHaveLength(6);
    expect(differencesOf(inOrder, itemsOf(project.at('merged'), project), { missing: 'ignored' })).toEqual([]);
    expect(summaryOf(project.at('merged'), project)).toMatchObject({ complete: true, items: { explained: 5 } });
  });

  it('are shown beside a whole run', async () => {
    const project = oldProject();
    await well(project, 'merge shard-1 shard-2 -o merged');
    await well(project, `explain plants -m plants -o at-once rise -s 128 --seed 2 --workers 2 --save heatmap,json`);
    await well(project, 'report merged at-once -o both');
    const { items } = pageOf(project.at('both/index.html'));
    expect(items.map(({ answers }) => answers.includes(null))).toEqual(Array.from({ length: 6 }, () => false));
  });

  it('of a detector are not mixed with later ones, whose classes are scored otherwise', async () => {
    const project = oldProject();
    const method = 'rise -s 128 --seed 2 --workers 2 --save heatmap,json --shard 2/2';
    await well(project, `explain plants -m plants -o later ${method}`);
    const { code, stderr } = await project.datum('merge shard-1 later -o mixed');
    expect(code).toBe(2);
    expect(stderr).toContain('scored a class of a detector by the sum over its boxes');
    expect(existsSync(project.at('mixed'))).toBe(false);
    const again = await project.datum(`explain plants -m plants -o shard-2 ${method}`);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('by the greatest of them') as string });
  });
});
