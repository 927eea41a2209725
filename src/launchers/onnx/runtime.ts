import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceSessionFactory, TensorConstructor } from 'onnxruntime-common';
import { DatumError, messageOf } from '../../errors.js';

/** What of onnxruntime-node is used: the types are those of onnxruntime-common. */
export interface OnnxRuntime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
  readonly listSupportedBackends: () => readonly { readonly name: string; readonly bundled: boolean }[];
}

/** Where ONNX Runtime comes from. */
export interface RuntimePlace {
  /** A folder of onnxruntime-node, absolute. */
  readonly folder: string;
  readonly version: string;
  /** Whether it is the person's own, and not the one of this package. */
  readonly own: boolean;
  /** Folder of its libraries for this platform. */
  readonly libraries: string;
}

/** A platform as Node names it. */
export interface Platform {
  readonly platform: string;
  readonly arch: string;
}

/** The environment variable that names a folder of onnxruntime-node to be used in place of the package's own. */
export const OWN_RUNTIME = 'DATUM_ONNXRUNTIME';

/** The part of onnxruntime-node that the package carries; `scripts/runtime.mjs` makes it. */
const CARRIED = fileURLToPath(new URL('../../../vendor/onnxruntime-node', import.meta.url));

/** The first version whose sessions say the types and shapes of inputs and outputs (`inputMetadata`). */
const OLDEST = [1, 22] as const;

/** Folders of libraries lie in onnxruntime-node: `bin/napi-v6/<platform>/<arch>` (its `lib/binding.ts`). */
const BUILDS = /^napi-v\d+$/;

/**
 * Finds the ONNX Runtime to use: the one that the environment names, else the one that the package carries. The second
 * never steps in for the first.
 *
 * @throws DatumError (`model`) where there is none, or none for this platform.
 */
export function findRuntime(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  here: Platform = process,
): RuntimePlace {
  const given = environment[OWN_RUNTIME];
  const own = given !== undefined && given !== '';
  const folder = own ? resolve(given) : CARRIED;
  const version = versionIn(folder);
  if (version === null) {
    throw new DatumError(
      'model',
      own
        ? `${OWN_RUNTIME} names ${given}, which is no folder of the package onnxruntime-node: name one (…/node_modules/onnxruntime-node), or unset it.`
        : `ONNX Runtime is missing from ${folder}: install datum-explain anew, or build it where this is a clone.`,
      { file: folder },
    );
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    throw new DatumError(
      'model',
      `${OWN_RUNTIME} names onnxruntime-node ${version}: it must be ${OLDEST.join('.')} or newer, and below 2.`,
      { file: folder },
    );
  }
  const libraries = builds(folder).find(({ platform, arch }) => platform === here.platform && arch === here.arch);
  if (libraries === undefined) throw new DatumError('model', missingBuild(folder, version, here), { file: folder });
  return { folder, version, own, libraries: libraries.folder };
}

/** How the runtime is called beside results: with its version where it is the person's own. */
export function runtimeName(): string {
  const { own, version } = findRuntime();
  return own ? `onnxruntime ${version} of ${OWN_RUNTIME}` : 'onnxruntime';
}

let loaded: OnnxRuntime | undefined;

/**
 * ONNX Runtime, loaded once a thread.
 *
 * @throws DatumError (`model`) where it cannot be loaded on this machine.
 */
export function onnxRuntime(): OnnxRuntime {
  loaded ??= loadRuntime(findRuntime());
  return loaded;
}

function loadRuntime({ folder, version, own }: RuntimePlace): OnnxRuntime {
  let found: unknown;
  try {
    found = createRequire(join(folder, 'package.json'))(folder);
  } catch (cause) {
    throw new DatumError('model', notLoaded(folder, version, cause), { cause, file: folder });
  }
  if (isRuntime(found)) return found;
  throw new DatumError(
    'model',
    `onnxruntime-node ${version} in ${folder} lacks functions that it should have: install ${own ? 'it' : 'datum-explain'} anew.`,
    { file: folder },
  );
}

function isRuntime(value: unknown): value is OnnxRuntime {
  return (
    typeof value === 'object' &&
    value !== null &&
    'InferenceSession' in value &&
    'Tensor' in value &&
    'listSupportedBackends' in value
  );
}

/** The version of the onnxruntime-node in a folder; null where there is none. */
function versionIn(folder: string): string | null {
  const manifest = join(folder, 'package.json');
  if (!isAbsolute(folder) || !existsSync(manifest)) return null;
  const text = readFileSync(manifest, 'utf8');
  if (!/"name":\s*"onnxruntime-node"/.test(text)) return null;
  return /"version":\s*"(\d+\.\d+\.\d+[^"]*)"/.exec(text)?.[1] ?? null;
}

/** Platforms that an onnxruntime-node has libraries for. */
function builds(folder: string): readonly (Platform & { readonly folder: string })[] {
  return foldersIn(join(folder, 'bin'))
    .filter((name) => BUILDS.test(name))
    .flatMap((name) =>
      foldersIn(join(folder, 'bin', name)).flatMap((platform) =>
        foldersIn(join(folder, 'bin', name, platform)).map((arch) => ({
          platform,
          arch,
          folder: join(folder, 'bin', name, platform, arch),
        })),
      ),
    );
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const SYSTEMS: Readonly<Record<string, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };

function called({ platform, arch }: Platform): string {
  return `${SYSTEMS[platform] ?? platform} ${platform === 'darwin' && arch === 'x64' ? 'on Intel (x64)' : arch}`;
}

function missingBuild(folder: string, version: string, here: Platform): string {
  const offered = builds(folder).map(called);
  const own =
    here.platform === 'darwin' && here.arch === 'x64'
      ? `install the last onnxruntime-node that has one, 1.23.2, and name its folder in ${OWN_RUNTIME}`
      : `use one of these, or name the folder of an onnxruntime-node that has one in ${OWN_RUNTIME}`;
  return `ONNX Runtime ${version} in ${folder} has no build for ${called(here)}, only for ${offered.join(', ')}: ${own}.`;
}

/** Why a library could not be loaded that is there, and what to do: one sentence. */
function notLoaded(folder: string, version: string, cause: unknown): string {
  const [line = ''] = messageOf(cause).split('\n');
  const what = `ONNX Runtime ${version} in ${folder} cannot be loaded`;
  if (/VERS_[\d.]+' not found/.test(line)) {
    return `${what}: this process has loaded another version of it (${line}). Use onnxruntime-node ${version} in your program, or name the folder of yours in ${OWN_RUNTIME}.`;
  }
  if (/ld-linux|GLIBC|libc\.musl|symbol not found/.test(line)) {
    return `${what} (${line}): it needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8), which Alpine Linux and older systems lack.`;
  }
  if (process.platform === 'win32' && /specified (?:module|procedure) could not be found/.test(line)) {
    return `${what} (${line}): install Microsoft's Visual C++ Redistributable (2019 or newer).`;
  }
  return `${what} (${line}): install it anew.`;
}
