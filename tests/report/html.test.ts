import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { escapeHtml, jsonForHtml, pageHtml } from '../../src/report/html/page.js';
import type { ReportData } from '../../src/report/html/report-data.js';
import { writeReport } from '../../src/report/html/write-report.js';
import { datum } from '../helpers/cli.js';
import { writeExplainedFolder } from '../helpers/explained-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const MARK = { label: 'horse', share: 0.8, at: { x: 0.8, y: 0.82, width: 0.15, height: 0.12 } };

/** What a written page holds. */
function dataOf(path: string): ReportData {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, 'utf8')) ?? [];
  return JSON.parse(json) as ReportData;
}

describe('the page as text', () => {
  it('escapes data so that nothing in it ends its block', () => {
    const hostile = { name: '</script><!-- <script>\u2028' };
    const text = jsonForHtml(hostile);
    expect(text).not.toMatch(/[<\u2028]/);
    expect(JSON.parse(text)).toEqual(hostile);
    expect(escapeHtml(`<a href='"'>&`)).toBe('&lt;a href=&#39;&quot;&#39;&gt;&amp;');
  });

  it('keeps its script and style from ending their own elements, and allows nothing else', () => {
    const data: ReportData = { version: 1, title: 't', tool: 'x', command: 'x', runs: [], items: [] };
    const page = pageHtml(data, { script: 'a="</script>";b="<!--"', style: 'a::after{content:"</style>"}' });
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toContain('unsafe');
  });

  it('tells the findings without a script as well', async () => {
    await writeExplainedFolder(folder.at('words'), { seed: 1, perClass: 8, mark: MARK });
    const { path } = await writeReport([folder.at('words')]);
    expect(readFileSync(path, 'utf8')).toMatch(/<noscript>.*A shared spot: “horse”, the lower right corner/s);
  });
});

describe('datum report', () => {
  it('brings folders together by their items, and says the findings of each', async () => {
    await writeExplainedFolder(folder.at('a'), { seed: 1, perClass: 8, model: 'shortcut', mark: MARK });
    await writeExplainedFolder(folder.at('b'), { seed: 1, perClass: 8, model: 'clean' });
    const { code, stdout } = await datum(['report', folder.at('a'), folder.at('b'), '-o', folder.at('both')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shortcut:\nx A shared spot: “horse”, the lower right corner\n/);
    expect(stdout).toMatch(/clean:\nOf 7 checks, \d found nothing/);
    const data = dataOf(folder.at('both', 'index.html'));
    expect(data.runs.map(({ name }) => name)).toEqual(['shortcut', 'clean']);
    expect(data.items).toHaveLength(64);
    expect(data.items.every(({ answers }) => answers.length === 2 && !answers.includes(null))).toBe(true);
    const target = data.items[0]!.answers[0]!.targets[0]!;
    expect(target.map).toMatchObject({ width: 49, height: 49 });
    expect(target.curves?.shares).toHaveLength(41);
    expect(data.items[0]!.image).toMatch(/^data:image\/webp;base64,/);
  });

  it('gives the findings to programs', async () => {
    await writeExplainedFolder(folder.at('json'), { seed: 1, perClass: 8, mark: MARK });
    const { stdout } = await datum(['report', folder.at('json'), '--json']);
    const printed: unknown = JSON.parse(stdout);
    expect(printed).toMatchObject({
      findings: [{ kind: 'shared-spot', classes: ['horse'], test: { p: expect.any(Number) as number } }],
    });
    const written: unknown = JSON.parse(readFileSync(folder.at('json', 'findings.json'), 'utf8'));
    expect(written).toMatchObject({ version: 1, runs: [{ findings: [{ kind: 'shared-spot' }] }] });
  });

  it('holds nothing of this machine: no folders', async () => {
    await writeExplainedFolder(folder.at('private'), { seed: 1, perClass: 2 });
    const message = `there is no image 'a.jpg' in ${folder.at('images')} or ${folder.at('more', 'images')}`;
    const lines = readFileSync(folder.at('private', 'items.jsonl'), 'utf8').trim().split('\n').slice(0, -1);
    const index = lines.length;
    const failed = { index, id: 'gone', subset: 'default', status: 'failed', error: { kind: 'image', message } };
    writeFileSync(folder.at('private', 'items.jsonl'), `${[...lines, JSON.stringify(failed)].join('\n')}\n`);
    const { path } = await writeReport([folder.at('private')]);
    expect(readFileSync(path, 'utf8')).not.toContain(folder.path);
    expect(dataOf(path).items.at(-1)?.answers[0]?.message).toBe("there is no image 'a.jpg' in images or images");
  });

  it('holds no image of a map that is noise, and no line where nothing is beyond doubt', async () => {
    await writeExplainedFolder(folder.at('noise'), { seed: 1, perClass: 4, lost: { label: 'cat', share: 1 } });
    const { path } = await writeReport([folder.at('noise')]);
    const data = dataOf(path);
    const targets = data.items.flatMap(({ answers }) => answers[0]?.targets ?? []);
    const noise = targets.filter(({ verdict }) => verdict === 'noise');
    expect(noise.length).toBeGreaterThan(0);
    for (const { map, contrast, significant } of noise) {
      expect(map).toMatchObject({ width: 1, height: 1, bytes: 'AA==' });
      expect(map!.max).toBeGreaterThan(map!.min);
      expect([contrast, significant]).toEqual([null, null]);
    }
    const drawn = targets.filter(({ verdict }) => verdict === 'ok');
    expect(drawn.every(({ map, significant }) => map!.width > 1 && significant !== null)).toBe(true);
    expect(data.runs[0]).toMatchObject({ stopAt: 0.9, match: null });
  });

  it('is the same for the same folder', async () => {
    await writeExplainedFolder(folder.at('same'), { seed: 1, perClass: 2 });
    const write = async (name: string): Promise<string> =>
      readFileSync((await writeReport([folder.at('same')], { outputDir: folder.at(name) })).path, 'utf8');
    expect(await write('first')).toBe(await write('second'));
  });

  it('says what is wrong with a folder that holds nothing explained, or something damaged', async () => {
    folder.write('empty/note.txt', 'nothing');
    const empty = await datum(['report', folder.at('empty')]);
    expect(empty.code).toBe(1);
    expect(empty.stderr).toMatch(/there is nothing explained in .*empty: name a folder that was explained into/);
    const missing = await datum(['report', folder.at('no-such-folder')]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/no-such-folder cannot be read/);
    writeFileSync(folder.at('empty', 'photo-explanation.json'), '{"version": 1}');
    const damaged = await datum(['report', folder.at('empty')]);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toMatch(/photo-explanation\.json is damaged/);
  });

  it('goes on without images and maps that are gone', async () => {
    await writeExplainedFolder(folder.at('gone'), { seed: 1, perClass: 2 });
    rmSync(folder.at('gone', 'images'), { recursive: true });
    rmSync(folder.at('gone', 'items'), { recursive: true });
    const { path } = await writeReport([folder.at('gone')]);
    const [item] = dataOf(path).items;
    expect(item?.image).toBeNull();
    // The coarse map stands in the item's line.
    expect(item?.answers[0]?.targets[0]?.map).toMatchObject({ width: 16, height: 16 });
  });
});

it('does not take the place of a page that is not ours', async () => {
  await writeExplainedFolder(folder.at('site'), { seed: 1, perClass: 1 });
  writeFileSync(folder.at('site', 'index.html'), '<h1>My site</h1>');
  const { path } = await writeReport([folder.at('site')]);
  expect(path).toBe(folder.at('site', 'report.html'));
  expect(readFileSync(folder.at('site', 'index.html'), 'utf8')).toBe('<h1>My site</h1>');
  rmSync(folder.at('site', 'index.html'));
  for (let i = 0; i < 2; i++)
    expect((await writeReport([folder.at('site')])).path).toBe(folder.at('site', 'index.html'));
});
