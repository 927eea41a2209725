import { configureInterpreter, inferInterpreter, type Inference, type SampleRun } from '../interpreters/infer/infer.js';
import { loadInterpreter } from '../interpreters/registry.js';
import type { OwnInterpreter } from '../interpreters/script/own.js';
import type { LabelForm } from '../interpreters/contract/label-list.js';
import type { Evidence, InputSize } from '../interpreters/contract/types.js';
import { isModulePath } from '../plugins/module-path.js';
import type { ModelConfig } from './config.js';
import type { Runtime } from './runtime.js';

/** How a model's outputs are read. */
export interface Choice extends Inference {
  /** The user's own interpreter, where it is one. */
  readonly own: OwnInterpreter | null;
}

/** What is known beside a model's configuration. */
export interface ChoiceOptions {
  /** The user's class names. */
  readonly labels: readonly string[] | null;
  /** What the file that they come from says beside them; absent or null where they are from none. */
  readonly labelForm?: LabelForm | null;
  /** An interpreter that is a value of the caller's; null where the configuration names it, or the model shows it. */
  readonly interpreter: OwnInterpreter | null;
  /** Size in pixels of the image that the model is opened for, if any. */
  readonly image?: InputSize | null | undefined;
}

/**
 * Settles the interpreter: the one that the user gives or names, or the one that the model shows.
 *
 * @param options its interpreter is a value of the caller's, which goes before a name; its labels are the user's.
 * @throws DatumError (`interpreter`) where none fits or several do.
 */
export async function chooseInterpreter(
  config: ModelConfig,
  { signature }: Pick<Runtime, 'signature'>,
  { interpreter: given, labels, labelForm, image }: ChoiceOptions,
  run: SampleRun,
): Promise<Choice> {
  const { interpreter: name, interpreterOptions } = config;
  const own = given ?? (name !== undefined && isModulePath(name) ? await loadOwn(name) : null);
  const evidence: Evidence = {
    signature,
    labels: labels ?? own?.categories ?? null,
    labelForm: labelForm ?? null,
    sample: null,
    input: config.inputSize ?? null,
    file: fileName(config.description),
    image: image == null ? null : { width: image.width, height: image.height },
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
