import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { comparisonPage, comparisonSections, pairedDifference, rowsOf } from '../../bench/peers/comparison.js';
import { comparisonSchema, type Comparison, type PhotoResult } from '../../bench/peers/data.js';

const ROOT = new URL('../../', import.meta.url);

/** A photo's result with one map, or several, whose deletion is given and whose other figures follow from it. */
function result(method: string, photo: string, ...deletions: number[]): PhotoResult {
  return {
    model: 'mobilenetv2',
    method,
    photo,
    budget: 1000,
    runs: 100,
    cpu: 2,
    peak: 300 * 2 ** 20,
    start: 1,
    maps: deletions.map((deletion) => ({
      label: 'cat',
      score: 0.9,
      deletion,
      insertion: 0.5,
      oa: 0.5 - deletion,
      oab: 0.25,
      epg: null,
      epg01: null,
      pointing: null,
    })),
  };
}

function comparison(results: PhotoResult[], failures: Comparison['failures'] = []): Comparison {
  return {
    date: '2026-01-02',
    commit: 'abc1234',
    machine: { cpu: 'a processor', cores: 4, memory: 8 * 2 ** 30, system: 'Linux', load: 1.25 },
    threads: 2,
    budget: 1000,
    versions: { shap: '1.2.3', 'datum-explain': '9.9.9' },
    results,
    failures,
  };
}

/** Cells of a table's row by their column's head. */
function cellsOf(text: string, title: string): Record<string, string> {
  const split = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = text.split('\n');
  const row = lines.find((line) => line.startsWith(`| ${title} |`));
  const head = lines.find((line) => line.startsWith('| method |'));
  if (row === undefined || head === undefined) throw new Error(`no row ${title}`);
  const cells = split(row);
  return Object.fromEntries(split(head).map((name, i) => [name, cells[i] ?? '']));
}

function tablesOf(data: Comparison): string {
  return comparisonSections(data).get('tables') ?? '';
}

describe('differences', () => {
  test('are paired by photo, with the standard error of their mean', () => {
    const own = [result('shap', 'a', 0.4), result('shap', 'b', 0.2), result('shap', 'c', 0.9)];
    const others = [result('datum-balanced', 'b', 0.1), result('datum-balanced', 'a', 0.1)];
    // .3 and .1: the mean is .2, the deviation .1 * sqrt(2), and over two photos .1.
    const difference = pairedDifference(own, others, 'deletion');
    expect(difference?.mean).toBeCloseTo(0.2, 12);
    expect(difference?.error).toBeCloseTo(0.1, 12);
    expect(difference?.photos).toBe(2);
  });

  test('count a photo once, whatever its targets', () => {
    const own = [result('shap', 'a', 0.2, 0.4), result('shap', 'b', 0.5)];
    const others = [result('datum-balanced', 'a', 0.1, 0.3), result('datum-balanced', 'b', 0.2)];
    expect(pairedDifference(own, others, 'deletion')?.mean).toBeCloseTo((0.1 + 0.3) / 2, 12);
    expect(
      rowsOf([...own, ...others])
        .find(({ method }) => method.id === 'shap')
        ?.values.get('deletion'),
    ).toBeCloseTo((0.3 + 0.5) / 2, 12);
  });

  test('of one photo alone have no error, and are none', () => {
    const [own, other] = [result('shap', 'a', 0.4), result('datum-balanced', 'a', 0.1)];
    expect(pairedDifference([own], [other], 'deletion')).toBeNull();
  });
});

describe('tables', () => {
  test('a peer that wins a column is shown winning it', () => {
    const data = comparison([
      ...['a', 'b'].map((photo) => result('datum-balanced', photo, 0.3)),
      ...['a', 'b'].map((photo) => result('shap', photo, 0.1)),
    ]);
    const text = tablesOf(data);
    expect(cellsOf(text, 'shap Partition, blurred')).toMatchObject({
      'deletion ↓': '**0.100**',
      'OA ↑': '**0.400**',
      'OA difference': '+0.200 ± 0.000',
    });
    expect(cellsOf(text, 'datum: `--preset balanced`')).toMatchObject({
      'deletion ↓': '0.300',
      'OA ↑': '0.200',
      'OA difference': '–',
      // Equal values share the column.
      'OAB ↑': '**0.250**',
    });
    expect(text).toContain('**Deletion**: a peer wins, shap Partition, blurred (0.100)');
  });

  test('what has not all photos wins nothing, and still has its difference', () => {
    const data = comparison([
      ...['a', 'b', 'c'].map((photo) => result('datum-balanced', photo, 0.3)),
      ...['a', 'b', 'c'].map((photo) => result('shap', photo, 0.4)),
      ...['a', 'b'].map((photo) => result('dianna-lime', photo, 0.1)),
    ]);
    const text = tablesOf(data);
    expect(cellsOf(text, 'dianna LIME')).toMatchObject({
      photos: '2',
      'deletion ↓': '0.100',
      'OA difference': '+0.200 ± 0.000',
    });
    expect(cellsOf(text, 'datum: `--preset balanced`')['deletion ↓']).toBe('**0.300**');
    expect(text).toContain('**Deletion**: datum: `--preset balanced` (0.300) wins');
  });

  test('with two photos a difference must be large to be more than chance', () => {
    const data = (...of: number[]): string =>
      tablesOf(
        comparison(
          ['a', 'b'].flatMap((photo, i) => [result('datum-balanced', photo, 0.5), result('shap', photo, of[i]!)]),
        ),
      );
    // Means of -.3, with errors of .1 and .01: 3 and 30 of them, where t asks for 12.7.
    expect(data(0.1, 0.3)).toContain('is −0.300 ± 0.100, no more than chance gives with 2 photos');
    expect(data(0.19, 0.21)).toContain('is −0.300 ± 0.010, more than chance gives with 2 photos');
  });

  test('columns that nobody has are left out', () => {
    expect(tablesOf(comparison([result('datum-balanced', 'a', 0.3)]))).not.toContain('EPG');
  });

  test('what failed and what was not reached is said', () => {
    const failures = [{ model: 'mobilenetv2', method: 'datumaro-1', why: 'it fell over' }];
    const text = comparisonSections(comparison([result('datum-balanced', 'a', 0.3)], failures)).get('not run') ?? '';
    expect(text).toContain('- Datumaro 1.11 RISE on MobileNetV2, quantized failed: `it fell over`');
    expect(text).toMatch(/Not reached in this sitting on MobileNetV2, quantized: .*shap Partition/);
    const unreached = text.split('\n').find((line) => line.startsWith('- Not reached in this sitting on MobileNetV2'));
    expect(unreached).toContain('Datumaro 1.11 RISE (equal runs)');
    expect(unreached).not.toContain('Datumaro 1.11 RISE (as it comes)');
  });
});

describe('the page', () => {
  const page = readFileSync(new URL('docs/research/comparison.md', ROOT), 'utf8');
  const kept = comparisonSchema.parse(JSON.parse(readFileSync(new URL('bench/results/peers.json', ROOT), 'utf8')));

  test('is what the kept data give: npm run bench -- peers write', () => {
    expect(page).toBe(comparisonPage(page, kept));
  });

  test('has no figure of the tables in its own words', () => {
    const own = page.replaceAll(/<!-- ([\w. ]+) -->\n[\s\S]*?<!-- \/\1 -->/g, '');
    expect(own).not.toMatch(/\d\.\d{3}\b/);
  });
});
