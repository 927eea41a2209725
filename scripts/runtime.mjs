/**
 * The ONNX Runtime that the package carries, in `vendor/onnxruntime-node`: onnxruntime-node's JavaScript and its libraries for
 * all platforms, without what installs it and without what only GPUs need. As a dependency it would run a script that
 * fetches CUDA libraries from a third place, and fails where that cannot be reached.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where it lies in the repository and in the package. */
export const RUNTIME = join('vendor', 'onnxruntime-node');

/** Libraries of GPUs: DirectML, and the shader compiler of WebGPU on Windows. They are loaded when a GPU is asked for. */
export const GPU_LIBRARIES = ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll'];

/** Fields of its package.json that are kept. What it needs to be installed, it need not be used. */
const KEPT_FIELDS = ['name', 'version', 'description', 'license', 'author', 'repository', 'main'];

/** How onnxruntime-node asks for onnxruntime-common, and how what is carried does: a program's own copy stays its own. */
const COMMON = ['require("onnxruntime-common")', 'require("../common/index.js")'];

/** Makes `vendor/onnxruntime-node` from what is installed, unless it is there. Files are linked where they can be. */
export function vendorRuntime(root) {
  const installed = (name) => realpathSync(join(root, 'node_modules', name));
  const from = installed('onnxruntime-node');
  const common = join(installed('onnxruntime-common'), 'dist', 'cjs');
  const notices = join(root, 'licenses', 'onnxruntime');
  const to = join(root, RUNTIME);
  const manifest = keptManifest(from, installed('onnxruntime-common'));
  if (existsSync(join(to, 'package.json')) && readFileSync(join(to, 'package.json'), 'utf8') === manifest) return;
  // Its manifest comes last, and the folder gets its name when it is whole.
  const staged = `${to}.new`;
  rmSync(staged, { recursive: true, force: true });
  let redirected = 0;
  for (const file of carried(from)) {
    if (file.endsWith('.js')) redirected += placeScript(join(from, file), join(staged, file));
    else place(join(from, file), join(staged, file));
  }
  if (redirected === 0) throw new Error('onnxruntime-node asks for onnxruntime-common in another way: see COMMON.');
  for (const file of filesIn(common).filter((one) => one.endsWith('.js'))) {
    placeScript(join(common, file), join(staged, 'common', file));
  }
  // Its manifest says that these are CommonJS.
  place(join(common, 'package.json'), join(staged, 'common', 'package.json'));
  for (const file of readdirSync(notices)) place(join(notices, file), join(staged, file));
  write(join(staged, 'package.json'), manifest);
  rmSync(to, { recursive: true, force: true });
  renameSync(staged, to);
}

/** The files of an installed onnxruntime-node that are carried, relative to it. */
export function carried(folder) {
  const files = filesIn(folder);
  return files.filter((file) => isCarried(file.split(sep), files));
}

/** Files below a folder, relative to it. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function isCarried(parts, files) {
  const name = parts.at(-1);
  if (parts.length === 1) return name === 'README.md';
  if (parts[0] === 'dist') return name.endsWith('.js');
  if (parts[0] !== 'bin' || GPU_LIBRARIES.includes(name)) return false;
  // macOS has the same library by two names; its binding asks for the short one.
  const short = /^(libonnxruntime\.\d+)\.[\d.]+(\.dylib)$/.exec(name);
  return short === null || !files.includes([...parts.slice(0, -1), `${short[1]}${short[2]}`].join(sep));
}

/** The package.json of what is carried, as text. */
function keptManifest(folder, common) {
  const read = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const manifest = read(folder);
  const { version } = read(common);
  if (version !== manifest.version) {
    throw new Error(
      `onnxruntime-common is ${version}, and onnxruntime-node ${manifest.version}: they must be the same.`,
    );
  }
  const kept = KEPT_FIELDS.filter((field) => field in manifest).map((field) => [field, manifest[field]]);
  // Another way of making it makes it anew.
  const way = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 12);
  return `${JSON.stringify({ ...Object.fromEntries(kept), way }, null, 2)}\n`;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Writes a script that asks for what is carried, and names no source map; returns how often it asked for the package. */
function placeScript(from, to) {
  const parts = readFileSync(from, 'utf8').split(COMMON[0]);
  write(to, parts.join(COMMON[1]).replace(/^\/\/# sourceMappingURL=.*$/m, ''));
  return parts.length - 1;
}

function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
