/** The published JSON Schemas: they are those of the code, and what the command writes is valid against them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { jsonSchemaOf, schemaFileName } from '../../src/results/schema/file-format.js';
import { FILE_FORMATS } from '../../src/results/schema/formats.js';
import { readJson, smallProject } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

const SCHEMAS = fileURLToPath(new URL('../../schemas/', import.meta.url));
const temp = tempFolder();

const validators = new Map<string, ValidateFunction>();

/** Strict: it also refuses a schema with words that mean nothing. */
function validatorOf(name: string): ValidateFunction {
  const schema = readJson(`${SCHEMAS}${name}.schema.json`);
  if (typeof schema !== 'object' || schema === null) throw new Error(`${name} is no schema`);
  return new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);
}

/** What is wrong with a value, place by place. */
function complaints(name: string, value: unknown): string[] {
  const validate = validators.get(name) ?? validatorOf(name);
  validators.set(name, validate);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

describe('the published schemas', () => {
  it('are those that the code makes: npm run schemas writes them anew', () => {
    const published = readdirSync(SCHEMAS).map((name) => [name, readJson(`${SCHEMAS}${name}`)]);
    const made = FILE_FORMATS.map((format) => [schemaFileName(format.name), jsonSchemaOf(format)]);
    expect(Object.fromEntries(published)).toEqual(Object.fromEntries(made));
  });

  it.each(readdirSync(SCHEMAS))('%s says whose it is, by an absolute identifier', (name) => {
    expect(readJson(`${SCHEMAS}${name}`)).toMatchObject({
      $id: `urn:datum-explain:${name}`,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    });
  });

  it('come with the package', () => {
    expect(readJson(fileURLToPath(new URL('../../package.json', import.meta.url)))).toMatchObject({
      files: expect.arrayContaining(['schemas']) as unknown,
      exports: { './schemas/*': './schemas/*' },
    });
  });
});

describe('what the command writes is valid against its published schema', () => {
  const project = smallProject(temp);
  let items: unknown[];
  beforeAll(async () => {
    await project.well([
      'explain',
      'pictures/wide.jpg',
      '-m',
      'bright',
      '-o',
      'image',
      '--metrics',
      'full',
      'rise',
      '-s',
      '64',
    ]);
    await project.well(['explain', 'plants/images/right.png', '-m', 'plants', '-o', 'boxes', 'rise', '-s', '64']);
    // A damaged picture is an item that failed; those that are right are skipped.
    writeFileSync(project.at('bright/bright/picture 2.png'), 'no picture');
    await project.well(['explain', 'bright', '-m', 'bright', '-o', 'classes', '--only', 'wrong', 'rise', '-s', '64']);
    await project.well(['explain', 'plants', '-m', 'plants', '-o', 'run', '--metrics', 'full', 'rise', '-s', '64']);
    await project.well(['report', 'run', 'classes', '-o', 'both']);
    items = ['run', 'classes'].flatMap((folder) => linesOf(project.at(folder, 'items.jsonl')));
  }, 240_000);

  function linesOf(path: string): unknown[] {
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line): unknown => JSON.parse(line));
  }

  it('an explanation of an image, by a classifier and by a detector', () => {
    const image = readJson(project.at('image/wide-explanation.json'));
    expect(image).toMatchObject({ targets: [{ deletion: { auc: expect.any(Number) as unknown } }] });
    expect(complaints('explanation', image)).toEqual([]);
    expect(complaints('explanation', readJson(project.at('boxes/right-explanation.json')))).toEqual([]);
  });

  it("an item's explanation", () => {
    const names = readdirSync(project.at('run/items'), { recursive: true, encoding: 'utf8' });
    const explanations = names.filter((name) => name.endsWith('-explanation.json'));
    expect(explanations.length).toBeGreaterThan(3);
    for (const name of explanations) {
      expect([name, complaints('explanation', readJson(project.at('run/items', name)))]).toEqual([name, []]);
    }
  });

  it('each line of items.jsonl: explained, skipped, failed', () => {
    const statuses = ['ok', 'skipped', 'failed'].map((status): unknown => expect.objectContaining({ status }));
    expect(items).toEqual(expect.arrayContaining(statuses));
    for (const item of items) expect(complaints('items', item)).toEqual([]);
  });

  it.each([
    ['run', 'run/run.json'],
    ['run', 'classes/run.json'],
    ['summary', 'run/summary.json'],
    ['summary', 'classes/summary.json'],
    ['findings', 'both/findings.json'],
    ['config', '.datum/config.json'],
  ])('%s: %s', (name, file) => {
    expect(complaints(name, readJson(project.at(file)))).toEqual([]);
  });

  it.each([
    ['explanation', 'boxes/right-explanation.json', ['targets', 0, 'bbox'], [1, 2, 3], '/targets/0/bbox'],
    ['explanation', 'image/wide-explanation.json', ['targets', 0, 'score'], '0.5', '/targets/0/score'],
    ['explanation', 'image/wide-explanation.json', ['version'], 2, '/version'],
    ['explanation', 'image/wide-explanation.json', ['model', 'sha256'], undefined, '/model'],
    ['run', 'run/run.json', ['dataset', 'items'], 'six', '/dataset/items'],
    ['run', 'run/run.json', ['method', 'options'], null, '/method/options'],
    ['summary', 'run/summary.json', ['overall', 'means', 'score', 'value'], null, '/overall/means/score'],
    ['summary', 'run/summary.json', ['overall', 'outcomes', 'missed'], undefined, '/overall/outcomes'],
    ['summary', 'run/summary.json', ['classes', 0, 'label', 'id'], 'cat', '/classes/0/label/id'],
    ['findings', 'both/findings.json', ['runs', 0, 'checks', 0, 'found'], true, '/runs/0/checks/0/found'],
    ['config', '.datum/config.json', ['models', 'plants', 'device'], 1, '/models/plants/device'],
    ['config', '.datum/config.json', ['models', 'plants', 'devices'], 'cpu', '/models/plants'],
  ] as const)('and not with a wrong field: %s of %s, %j', (name, file, path, wrong, place) => {
    const value = readJson(project.at(file));
    put(value, path, wrong);
    expect(complaints(name, value).map((one) => one.split(' ')[0])).toContain(place);
  });

  it('and not with a wrong field in a line', () => {
    const item = structuredClone(items[0]);
    put(item, ['targets', 0, 'coarse'], 'much');
    expect(complaints('items', item)).not.toEqual([]);
    const other = structuredClone(items[0]);
    put(other, ['status'], 'fine');
    expect(complaints('items', other)).not.toEqual([]);
  });
});

/** Puts something in a place of a value; undefined takes the place away. */
function put(value: unknown, path: readonly (string | number)[], thing: unknown): void {
  const [name, ...rest] = path;
  if (typeof value !== 'object' || value === null || name === undefined) throw new Error('no such place');
  if (rest.length > 0) put(Reflect.get(value, name), rest, thing);
  else if (thing === undefined) Reflect.deleteProperty(value, name);
  else Reflect.set(value, name, thing);
}
