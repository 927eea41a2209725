import { configureInterpreter, inferInterpreter, type Inference, type SampleRun } from '../interpreters/infer/infer.js';
import { loadInterpreter } from '../interpreters/registry.js';
import type { ScriptInterpreter } from '../interpreters/script/script.js';
import type { Evidence } from '../interpreters/contract/types.js';
import type { Signature } from '../launchers/types.js';
import type { ModelConfig } from './config.js';

/** The endings of scripts. */
const SCRIPT = /\.(js|mjs|ts)$/i;

/** How a model's outputs are read. */
export interface Choice extends Inference {
  /** The user's script, where it is one. */
  readonly script: ScriptInterpreter | null;
}

/**
 * Settles the interpreter: the one that the user names, or the one that the model shows.
 *
 * @param labels the user's class names.
 * @throws DatumError (`interpreter`) where none fits or several do.
 */
export async function chooseInterpreter(
  config: ModelConfig,
  signature: Signature,
  labels: readonly string[] | null,
  run: SampleRun,
): Promise<Choice> {
  const { interpreter: name, interpreterOptions } = config;
  const script = name !== undefined && SCRIPT.test(name) ? await loadScript(name) : null;
  const evidence: Evidence = {
    signature,
    labels: labels ?? script?.categories ?? null,
    sample: null,
    input: config.inputSize ?? null,
  };
  if (script !== null) return { ...(await configureInterpreter(script, evidence)), script };
  if (name === undefined) return { ...(await inferInterpreter(evidence, run)), script: null };
  return {
    ...(await configureInterpreter(await loadInterpreter(name), evidence, interpreterOptions, run)),
    script: null,
  };
}

/** What loads scripts comes late: a page has none, and a bundler for browsers puts `no-scripts.ts` in its place. */
async function loadScript(path: string): Promise<ScriptInterpreter> {
  return (await import('../interpreters/script/script.js')).loadScript(path);
}
