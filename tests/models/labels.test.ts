import { describe, expect, it } from 'vitest';
import { readLabels } from '../../src/models/labels/read-labels.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const THREE = ['tench', 'shark', 'ray'];

describe('label names', () => {
  it.each([
    ['one a line', 'a.txt', 'tench\nshark\nray\n', THREE],
    ['with Windows line ends and spaces', 'a.txt', 'tench \r\n shark\r\nray\r\n\r\n', THREE],
    ['with old Mac line ends', 'a.txt', 'tench\rshark\rray\r', THREE],
    ['with a byte order mark', 'a.txt', '\uFEFFtench\nshark\nray', THREE],
    ['with lines that are blank', 'a.txt', 'tench\n\nshark\n \nray\n', THREE],
    ['with commas in names', 'a.txt', 'tench, Tinca tinca\ncock\nhen', ['tench, Tinca tinca', 'cock', 'hen']],
    ['with commas in all names', 'a.txt', 'tench, Tinca\nray, skate', ['tench, Tinca', 'ray, skate']],
    ['with colons in names', 'a.txt', 'a: b\nc: d', ['a: b', 'c: d']],
    ['that are numbers', 'a.txt', '1\n2\n3\n', ['1', '2', '3']],
    ['that begin with numbers', 'a.txt', '2 doors\n4 doors\n', ['2 doors', '4 doors']],
    ['some of which begin with numbers', 'a.txt', '0 pins\n101 dalmatians\n', ['0 pins', '101 dalmatians']],
    ['behind their numbers', 'a.txt', '0 tench\n1 shark\n2 ray\n', THREE],
    ['behind their numbers, in any order', 'a.txt', '2 ray\n0 tench\n1 shark\n', THREE],
    ['behind their numbers and colons', 'a.txt', '0: tench\n1: shark\n2: ray\n', THREE],
    ['behind their numbers, quoted', 'a.txt', "0: 'tench',\n1: 'shark',\n2: 'ray'\n", THREE],
    ['behind numbers from 1', 'a.txt', '1 tench\n2 shark\n3 ray\n', THREE, 1],
    ['before their numbers', 'a.txt', 'ray 2\ntench 0\nshark 1\n', THREE],
    ['before their numbers and colons', 'a.txt', 'tench: 0\nshark: 1\nray: 2\n', THREE],
    ['that end in numbers', 'a.txt', 'type 0\ntype 1\ntype 2\n', ['type 0', 'type 1', 'type 2']],
    ['some of which end in numbers', 'a.txt', 'Boeing 747\nAirbus 320\n', ['Boeing 747', 'Airbus 320']],
    ['in quotes', 'a.txt', '"tench",\n"shark",\n\'ray\'\n', THREE],
    ['some in quotes', 'a.txt', '"tench"\nshark', ['"tench"', 'shark']],
    ['after a comment', 'a.txt', '# three classes\ntench\n# the last ones\nshark\nray\n', THREE],
    ['that begin like a comment', 'a.txt', '#1\n#2', ['#1', '#2']],
    ['in a table of one column', 'a.csv', 'class_name\ntench\nshark\nray\n', THREE],
    ['after a comment, as JSON', 'a.json', '// classes\n["tench", "shark", "ray"]', THREE],
    ['given to a variable of Python', 'a.py', "names = ['tench', 'shark', 'ray']\n", THREE],
    ['behind WordNet numbers', 'a.txt', 'n01440764 tench\nn01443537 ray', ['n01440764 tench', 'n01443537 ray']],
    ['in a table with a header', 'a.csv', 'id,name\n0,tench\n1,shark\n2,ray\n', THREE],
    ['in a table with more columns', 'a.csv', 'name,r,g,b\ntench,1,2,3\nshark,4,5,6\nray,7,8,9\n', THREE],
    ['in a table with columns turned round', 'a.csv', 'class_name,class_id\nray,2\ntench,0\nshark,1\n', THREE],
    ['in a table without a header', 'a.csv', '0,tench\n1,shark\n2,ray\n', THREE],
    ['in a table, numbers behind', 'a.txt', 'tench,0\nshark,1\nray,2\n', THREE],
    ['in a table with quotes', 'a.csv', 'id,name\n0,"tench, Tinca"\n1,ray\n', ['tench, Tinca', 'ray']],
    ['in a table, a comma unquoted', 'a.csv', '0,tench, Tinca\n1,ray\n', ['tench, Tinca', 'ray']],
    ['separated by tabs', 'a.tsv', 'index\tlabel\n0\ttench\n1\tshark\n2\tray\n', THREE],
    ['separated by tabs, without a header', 'a.txt', '0\ttench\n1\tshark\n2\tray\n', THREE],
    ['separated by semicolons', 'a.csv', 'id;name\n0;tench\n1;shark\n2;ray\n', THREE],
    ["of Open Images' codes", 'a.csv', '/m/011k07,Tortoise\n/m/011q46kg,Container', ['Tortoise', 'Container']],
    ['a JSON array', 'a.txt', ' ["tench", "shark", "ray"]', THREE],
    ['a JSON map of numbers', 'a.json', '{\n "0": "tench",\n "2": "ray", "1": "shark"\n}', THREE],
    ['a JSON map of names', 'a.json', '{"tench": 0, "shark": 1, "ray": 2}', THREE],
    ["ImageNet's JSON", 'a.json', '{"0": ["n01", "tench"], "1": ["n02", "shark"], "2": ["n03", "ray"]}', THREE],
    ['a JSON array of objects', 'a.json', '[{"name": "tench"}, {"name": "shark"}, {"name": "ray"}]', THREE],
    [
      "COCO's categories",
      'a.json',
      '{"categories": [{"id": 1, "name": "a"}, {"id": 3, "name": "b"}]}',
      ['a', '2', 'b'],
      1,
    ],
    [
      "transformers' config",
      'a.json',
      '{"architectures": ["A"], "id2label": {"0": "tench", "1": "shark", "2": "ray"}}',
      THREE,
    ],
    ["transformers' config, turned round", 'a.json', '{"label2id": {"tench": 0, "shark": 1, "ray": 2}}', THREE],
    ["Teachable Machine's metadata", 'a.json', '{"tfjsVersion": "1", "labels": ["tench", "shark", "ray"]}', THREE],
    ["Python's map", 'a.txt', "{0: 'tench, Tinca',\n 1: \"shark's\"}", ['tench, Tinca', "shark's"]],
    ["Ultralytics' data.yaml", 'a.yaml', 'path: x\nnc: 3\nnames:\n  0: tench\n  1: shark\n  2: ray\n', THREE],
    ["Ultralytics' data.yaml, a list", 'a.txt', 'nc: 3\nnames: [tench, shark, ray]\n', THREE],
    ['a YAML list', 'a.yaml', '- tench\n- shark\n- ray\n', THREE],
    ['a YAML list by its content', 'a.txt', '# classes\n- tench\n- shark\n- ray\n', THREE],
    ['words that YAML takes for values', 'a.yaml', 'names: [no, 1, null, 1.50]', ['no', '1', 'null', '1.50']],
    [
      'a label map',
      'a.pbtxt',
      "item {\n  id: 1\n  name: 'tram'\n}\nitem {\n  id: 2\n  name: 'van'\n}\n",
      ['tram', 'van'],
      1,
    ],
    [
      'a label map with gaps and names to show',
      'a.pbtxt',
      'item { name: "/m/1" id: 1 display_name: "cup {red}" }\nitem { name: "/m/2", id: 3, display_name: "caf\\303\\251" }',
      ['cup {red}', '2', 'café'],
      1,
    ],
    [
      "Caffe's label map",
      'a.prototxt',
      'item {\n  name: "none"\n  label: 0\n  display_name: "background"\n}\nitem {\n  name: "n1"\n  label: 1\n  display_name: "ray"\n}',
      ['background', 'ray'],
    ],
  ] as [string, string, string, string[], number?][])('%s', async (_, name, text, expected, from = 0) => {
    expect(await readLabels(folder.write(name, text))).toEqual({ names: expected, from, parts: null });
  });

  it.each([
    ['a.txt', 'tench,shark,ray\n', THREE],
    ['a.csv', 'tench; shark; ray', THREE],
    ['a.txt', 'tench\tshark\tray,', ['tench', 'shark', 'ray,']],
    ['a.txt', 'traffic light', null],
    ['a.txt', 'ray,', null],
  ])('one line of %s may be one name or several', async (name, text, parts) => {
    expect(await readLabels(folder.write(name, text))).toEqual({ names: [text.trim()], from: 0, parts });
  });

  it.each([
    ['UTF-16 with a mark', Buffer.from('\uFEFFtench\r\nshark\r\nray\r\n', 'utf16le'), THREE],
    ['UTF-16 without a mark', Buffer.from('tench\nshark\nray', 'utf16le'), THREE],
    ['UTF-16, the larger byte first', Buffer.from('\uFEFFtench\nray', 'utf16le').swap16(), ['tench', 'ray']],
    ['UTF-8 beyond ASCII', Buffer.from('鲤鱼\nrâle'), ['鲤鱼', 'râle']],
    ['GBK', Buffer.from([0xc0, 0xf0, 0xd3, 0xe3, 10, 0xf6, 0xe8, 0xd3, 0xe3, 10]), ['鲤鱼', '鲨鱼']],
  ])('in %s', async (_, bytes, expected) => {
    expect((await readLabels(folder.write('encoded.txt', bytes))).names).toEqual(expected);
  });
});

it.each([
  ['empty.txt', '\n\n', 'are empty: write one class name a line.'],
  ['broken.json', '["cat",', 'are not valid JSON'],
  [
    'numbers.json',
    '[1, 2]',
    'seem to be JSON without class names: write one class name a line, or a JSON array of strings.',
  ],
  ['settings.json', '{"epochs": 3}', 'seem to be JSON without class names'],
  ['data.yaml', 'train: images\nval: images\n', 'seem to be YAML without class names: give them under names.'],
  [
    'twice.pbtxt',
    'item { id: 1 name: "a" }\nitem { id: 1 name: "b" }',
    'seem to be a label map, but not every item has its own id and a name.',
  ],
  [
    'table.csv',
    'id,name\n0,a\n0,b\n',
    'seem to be a table, but its numbers are not those of classes: give each class its own number, from 0.',
  ],
  ['page.html', '<!doctype html><p>', 'seem to be HTML or XML'],
  [
    'latin.txt',
    Buffer.from('r\xe2le\ncaf\xe9\n', 'latin1'),
    'are no text in UTF-8, UTF-16 or GBK: save them as UTF-8.',
  ],
])('%s is refused', async (name, text, message) => {
  const path = folder.write(name, text);
  await expect(readLabels(path)).rejects.toMatchObject({ kind: 'model', file: path });
  await expect(readLabels(path)).rejects.toThrow(`the labels ${path} ${message}`);
});
