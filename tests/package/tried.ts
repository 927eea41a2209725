/** What the installed package must do with every version of Node that it promises: tests over a tarball. */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { png, speckled } from '../helpers/images.js';
import { installGlobally, lookInto, NODES, registryAnswers, type Installed } from '../helpers/installed.js';
import { manifestOf, ROOT, run } from '../helpers/packed.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import type { TempFolder } from '../helpers/temp-folder.js';

/** The versions that `engines` promises; the test fails where one of them was not fetched although others were. */
const PROMISED = ['20.19', '22', '24', '26'];

const SCRIPT = `import { Label, rows, softmax } from 'datum-explain/annotations';
export const processOutputs = (_inputs: unknown, outputs: Parameters<typeof rows>[0]): Label[][] =>
  rows(outputs).map((values) => Array.from(softmax(values), (score, id) => new Label(id, { score })));
`;

export function describeInstalled(temp: TempFolder, tarball: () => string): void {
  describe.skipIf(!registryAnswers())('the tarball, installed with npm install -g', () => {
    let installed: Installed;
    const reference = temp.at('reference');

    beforeAll(async () => {
      temp.write('photo.png', await png(speckled(96, 64)));
      const region = { x: 30, y: 4, width: 12, height: 8 };
      temp.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, region));
      const left = { x: 0, y: 0, width: 12, height: 16 };
      temp.write('bright.onnx', plantedClassifier({ width: 24, height: 16 }, left));
      temp.write('script.ts', SCRIPT);
      await writeBrightAndDark(temp.at('images'), 4);
      installed = installGlobally(tarball(), temp.at('global'));
      await explain(process.execPath, reference);
      const adding = ['model', 'add', 'planted', '-l', 'onnx', '--', '-d', 'model.onnx', ...CLASSIFIER_FLAGS];
      for (const args of [['create'], adding]) {
        const made = await installed.start(process.execPath, args, temp.path).ended;
        expect(made.code, made.stderr).toBe(0);
      }
    }, 600_000);

    async function explain(node: string, out: string): Promise<void> {
      const args = ['explain', 'photo.png', '-m', 'model.onnx', '-o', out, 'rise', '-s', '64', '--workers', '1'];
      const { code, stderr } = await installed.start(node, [...args, '--', ...CLASSIFIER_FLAGS], temp.path).ended;
      expect(code, stderr).toBe(0);
    }

    it('has one ONNX Runtime, its own, with its notices, and takes less than 250 MB', () => {
      const { bytes, named } = lookInto(installed.prefix, 'onnxruntime-node');
      expect(named).toEqual([join(installed.folder, 'vendor', 'onnxruntime-node')]);
      expect(readdirSync(named[0] ?? '')).toEqual(expect.arrayContaining(['LICENSE', 'ThirdPartyNotices.txt']));
      expect(bytes).toBeLessThan(250e6);
      console.log(`The installed package takes ${Math.round(bytes / 1e6)} MB.`);
    });

    it('has no package that would run a script while it is installed', () => {
      const modules = join(installed.folder, 'node_modules');
      const names = readdirSync(modules)
        .filter((name) => !name.startsWith('.'))
        .flatMap((name) =>
          name.startsWith('@') ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
        );
      expect(names.length).toBeGreaterThan(40);
      const scripted = names.filter((name) => {
        const { scripts = {} } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as {
          scripts?: Record<string, string>;
        };
        return ['preinstall', 'install', 'postinstall'].some((script) => script in scripts);
      });
      expect(scripted).toEqual([]);
    });

    it('every promised version of Node was fetched', ({ skip }) => {
      skip(NODES.size === 0, 'DATUM_TEST_NODES names no versions of Node');
      const fetched = [...NODES.keys()];
      expect(PROMISED.filter((wanted) => !fetched.some((version) => `${version}.`.startsWith(`${wanted}.`)))).toEqual(
        [],
      );
    });

    // The whole suite runs with this one.
    const nodes = NODES.size === 0 ? [[process.versions.node, process.execPath] as const] : [...NODES];
    it.each(nodes.filter(([version]) => Number.parseInt(version) >= 20))(
      'Node %s: photo, dataset, script, report, page, library',
      async (version, node) => {
        const { version: own } = manifestOf(ROOT);
        expect((await installed.start(node, ['--version'], temp.path).ended).stdout).toMatch(`${own} `);

        // The same maps with every version.
        const out = temp.at(`photo-${version}`);
        await explain(node, out);
        const files = readdirSync(out);
        expect(files).toEqual(readdirSync(reference));
        for (const file of files.filter((name) => name.endsWith('.npy'))) {
          expect(readFileSync(join(out, file)).equals(readFileSync(join(reference, file))), file).toBe(true);
        }
        expect(files.filter((name) => name.endsWith('-report.html'))).toHaveLength(1);

        const results = temp.at(`run-${version}`);
        const launcher = ['-i', 'script.ts', '--scale', '1/255', '--mean', '0', '--std', '1'];
        const dataset = ['explain', 'images', '-m', 'bright.onnx', '-o', results, 'rise', '-s', '40', '--workers', '1'];
        const explained = await installed.start(node, [...dataset, '--', ...launcher], temp.path).ended;
        expect(explained.code, explained.stderr).toBe(0);
        const items = readFileSync(join(results, 'items.jsonl'), 'utf8').trim().split('\n');
        expect(items).toHaveLength(4);
        const reported = await installed.start(node, ['report', results], temp.path).ended;
        expect(reported.code, reported.stderr).toBe(0);

        // `import`, as a program does it that lies beside the package.
        const asked = "import('datum-explain').then(({ openModel }) => console.log(typeof openModel))";
        expect(run(node, ['-e', asked], join(installed.folder, '..'))).toBe('function\n');

        const page = installed.start(node, ['serve'], temp.path);
        await page.wrote('http://127.0.0.1:');
        page.child.kill('SIGTERM');
        const { code, signal } = await page.ended;
        expect([code, signal]).toEqual([0, null]);
      },
    );

    it.each([...NODES].filter(([version]) => Number.parseInt(version) < 20))(
      'Node %s is told that it is too old',
      async (version, node) => {
        const { code, stdout, stderr } = await installed.start(node, ['--version'], temp.path).ended;
        const words = `Node ${version} is too old: datum-explain needs Node 20.19 or newer, see https://nodejs.org.`;
        expect([code, stdout, stderr]).toEqual([1, '', `datum: ${words}\n`]);
      },
    );

    it('without a build for the machine, it says so in one sentence', async () => {
      const bin = join(installed.folder, 'vendor/onnxruntime-node/bin/napi-v6', process.platform);
      renameSync(bin, `${bin}-away`);
      try {
        const args = ['explain', 'photo.png', '-m', 'model.onnx', 'rise', '--', ...CLASSIFIER_FLAGS];
        const { code, stderr } = await installed.start(process.execPath, args, temp.path).ended;
        expect(stderr).toMatch(/^datum: ONNX Runtime 1\.30\.0 in .* has no build for .*\.\n$/);
        expect(code).toBe(1);
      } finally {
        renameSync(`${bin}-away`, bin);
      }
    });
  });
}
