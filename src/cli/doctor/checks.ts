import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { DatumError, messageOf } from '../../errors.js';
import { decodeImage, encodePng, imageLibrary } from '../../image/files.js';
import { importOpenVino } from '../../launchers/openvino/engine/runtime.js';
import { tryRuntime, type TriedRuntime } from '../../launchers/onnx/probe.js';
import { tryPython, type TriedPython } from '../../launchers/python/probe.js';
import { Project } from '../../project/project.js';
import { versionAndCommit } from '../../version.js';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import { hasScreen } from '../open-browser.js';

/** Something that was looked at. */
export interface Checked {
  readonly name: string;
  /** `look`: some things do not work without; `bad`: nothing does. */
  readonly state: 'good' | 'look' | 'bad';
  /** What was found, and what to do where something is wrong. */
  readonly text: string;
}

/** Where to look. */
export interface Surroundings {
  readonly project: string;
  readonly python?: string | undefined;
}

/** Looks at everything that commands use; each thing for itself, so that one that fails hides no other. */
export async function checkAll({ project, python }: Surroundings): Promise<Checked[]> {
  const version: Checked = { name: 'datum', state: 'good', text: await versionAndCommit() };
  return [
    version,
    { name: 'Node', state: 'good', text: process.versions.node },
    machine(),
    ...(await onnxRuntime()),
    await images(),
    await openVino(),
    pythonChecked(await tryPython(python)),
    browser(),
    await projectChecked(project),
  ];
}

function machine(): Checked {
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory`;
  const cores = countText(availableParallelism(), 'core');
  return { name: 'machine', state: 'good', text: `${process.platform} ${process.arch}, ${cores}, ${memory}` };
}

async function onnxRuntime(): Promise<Checked[]> {
  try {
    return runtimeChecked(await tryRuntime());
  } catch (error) {
    return [{ name: 'ONNX Runtime', state: 'bad', text: said(error) }];
  }
}

/** What ONNX Runtime and its devices are worth. */
export function runtimeChecked({ version, own, devices }: TriedRuntime): Checked[] {
  const called = own === null ? version : `${version} of ${own}`;
  return devices.map(({ device, failure }) => {
    if (device !== 'cpu') {
      return failure === null
        ? { name: `on ${device}`, state: 'good', text: `a model runs there, with --device ${device} behind --` }
        : { name: `on ${device}`, state: 'look', text: `no model runs there: ${failure}` };
    }
    return failure === null
      ? { name: 'ONNX Runtime', state: 'good', text: `${called}: a model runs on the CPU` }
      : { name: 'ONNX Runtime', state: 'bad', text: `${called}: a model that adds two numbers fails: ${failure}` };
  });
}

async function images(): Promise<Checked> {
  const pixel = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) };
  try {
    const { width, height, data } = await decodeImage(await encodePng(pixel), 'that was just written');
    const same = width === pixel.width && height === pixel.height && data.every((value, i) => value === pixel.data[i]);
    return same
      ? { name: 'images', state: 'good', text: `${imageLibrary()}: an image was written and read` }
      : {
          name: 'images',
          state: 'bad',
          text: `${imageLibrary()}: an image that was written is not the one that was read`,
        };
  } catch (error) {
    return { name: 'images', state: 'bad', text: said(error) };
  }
}

async function openVino(): Promise<Checked> {
  const name = 'OpenVINO';
  try {
    await importOpenVino();
    return { name, state: 'good', text: 'openvino-node is installed: --engine openvino works behind --' };
  } catch {
    const text = 'openvino-node is not installed; models of OpenVINO (.xml) run with ONNX Runtime';
    return { name, state: 'good', text };
  }
}

/** What the Python that was found can run. */
export function pythonChecked(tried: TriedPython): Checked {
  const name = 'Python';
  if (tried.kind !== 'works') {
    const needed = 'models in Python (.py, PyTorch, Keras, TFLite) need one';
    return {
      name,
      state: 'look',
      text: `${tried.command} cannot be used (${tried.why}); ${needed}: name it with --python`,
    };
  }
  const { version, path, packages } = tried;
  const names = Object.entries(packages).map(([one, its]) => (its === '' ? one : `${one} ${its}`));
  const frameworks = Object.keys(packages).filter((one) => one !== 'numpy');
  const found = `${version} (${path})`;
  if (packages['numpy'] === undefined) {
    return { name, state: 'look', text: `${found} has no numpy: models and scripts in Python need it` };
  }
  return frameworks.length === 0
    ? {
        name,
        state: 'look',
        text: `${found} with ${names.join(', ')}; no PyTorch, TensorFlow, Keras or LiteRT for models`,
      }
    : { name, state: 'good', text: `${found} with ${names.join(', ')}` };
}

function browser(): Checked {
  return hasScreen()
    ? { name: 'browser', state: 'good', text: 'pages open by themselves' }
    : { name: 'browser', state: 'look', text: 'no screen here: pages say their address, to be opened by hand' };
}

async function projectChecked(folder: string): Promise<Checked> {
  const name = 'project';
  try {
    const project = await Project.open(folder);
    const counts = [countText(project.modelNames.length, 'model'), countText(project.sourceNames.length, 'source')];
    return { name, state: 'good', text: `${project.root}: ${counts.join(', ')}` };
  } catch (error) {
    const none = !['.datum', '.datumaro'].some((one) => existsSync(join(folder, one)));
    return none
      ? { name, state: 'good', text: 'none here, and none is needed; datum create makes one' }
      : { name, state: 'look', text: said(error) };
  }
}

function said(error: unknown): string {
  return error instanceof DatumError ? error.say(flagName) : messageOf(error);
}
