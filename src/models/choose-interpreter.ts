import { configureInterpreter, inferInterpreter, type Inference, type SampleRun } from '../interpreters/infer/infer.js';
import { loadInterpreter } from '../interpreters/registry.js';
import type { OwnInterpreter } from '../interpreters/script/own.js';
import type { Evidence } from '../interpreters/contract/types.js';
import type { Signature } from '../launchers/types.js';
import { isModulePath } from '../plugins/module-path.js';
import type { ModelConfig } from './config.js';

/** How a model's outputs are read. */
export interface Choice extends Inference {
  /** The user's own interpreter, where it is one. */
  readonly own: OwnInterpreter | null;
}

/**
 * Settles the interpreter: the one that the user gives or names, or the one that the model shows.
 *
 * @param given a value of the caller's, which goes before a name.
 * @param labels the user's class names.
 * @throws DatumError (`interpreter`) where none fits or several do.
 */
export async function chooseInterpreter(
  config: ModelConfig,
  given: OwnInterpreter | null,
  signature: Signature,
  labels: readonly string[] | null,
  run: SampleRun,
): Promise<Choice> {
  const { interpreter: name, interpreterOptions } = config;
  const own = given ?? (name !== undefined && isModulePath(name) ? await loadOwn(name) : null);
  const evidence: Evidence = {
    signature,
    labels: labels ?? own?.categories ?? null,
    sample: null,
    input: config.inputSize ?? null,
    file: fileName(config.description),
  };
  if (own !== null) return { ...(await configureInterpreter(own, evidence, interpreterOptions, run)), own };
  if (name === undefined) return { ...(await inferInterpreter(evidence, run)), own };
  return { ...(await configureInterpreter(await loadInterpreter(name), evidence, interpreterOptions, run)), own };
}

/** The name of a file without its folder and ending. */
function fileName(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.\w+$/, '');
}

/** What loads modules is not wanted where none is: in a browser, and in most threads. */
async function loadOwn(path: string): Promise<OwnInterpreter> {
  const { loadScript } = await import('../interpreters/script/script.js');
  return loadScript(path);
}
