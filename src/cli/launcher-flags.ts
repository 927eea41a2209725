import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { interpreterNames } from '../interpreters/registry.js';
import { LAUNCHERS } from '../launchers/registry.js';
import type { OwnLaunchOption } from '../launchers/types.js';
import type { ModelConfig } from '../models/config.js';
import { isScriptPath } from '../plugins/module-path.js';
import { addSchemaFlags, checkFlags, readNumber, readNumbers } from './schema-flags.js';
import { DatumError } from '../errors.js';

/** What the launchers open, by the endings of files. */
function modelFiles(): string {
  return LAUNCHERS.flatMap(({ extensions }) =>
    Object.entries(extensions).map(([ending, what]) => (what === null ? ending : `${ending} (${what})`)),
  ).join(', ');
}

/** What an option is that only some launchers have. */
function ownOption(name: OwnLaunchOption): string {
  return LAUNCHERS.flatMap(({ options }) => options[name]?.title ?? []).join('; ');
}

/** What `-l` takes. */
export function launcherChoice(): string {
  const built = LAUNCHERS.map(({ name, title }) => `${name} (${title})`).join(', ');
  return `${built}, or the path of a module (default: by the ending of the model file)`;
}

/** The flags after `--`: how a model is opened, fed and read. */
const launcherFlagsSchema = z.strictObject({
  description: z
    .string()
    .optional()
    .meta({ flag: '-d, --description <file>', description: `the model: ${modelFiles()}` }),
  launcher: z
    .string()
    .optional()
    .meta({ flag: '-l, --launcher <name|file>', description: `what opens the model: ${launcherChoice()}` }),
  weights: z
    .string()
    .optional()
    .meta({ flag: '-w, --weights <file>', description: ownOption('weights') }),
  interpreter: z
    .string()
    .optional()
    .meta({
      flag: '-i, --interpreter <name|file>',
      description: `how outputs are read: ${interpreterNames.join(', ')}, or the path of a module or of a script in Python (default: inferred)`,
    }),
  labels: z
    .string()
    .optional()
    .meta({ flag: '--labels <file>', description: 'label names: one a line, JSON, YAML, CSV, or a label map (pbtxt)' }),
  color: z.enum(['rgb', 'bgr', 'gray']).optional().meta({ flag: '--color <order>', description: 'rgb, bgr or gray' }),
  mean: z
    .array(z.number())
    .optional()
    .meta({ flag: '--mean <a,b,c>', description: 'subtracted after scaling: input = (pixel * scale - mean) / std' }),
  std: z
    .array(z.number().refine((value) => value !== 0, 'must not be 0'))
    .optional()
    .meta({ flag: '--std <a,b,c>', description: 'divisor' }),
  scale: z.number().optional().meta({ flag: '--scale <x>', description: 'factor on pixels in 0..255, such as 1/255' }),
  layout: z.enum(['nchw', 'nhwc']).optional().meta({ flag: '--layout <layout>', description: 'nchw or nhwc' }),
  resize: z
    .enum(['stretch', 'letterbox', 'letterbox-top-left', 'center-crop'])
    .optional()
    .meta({ flag: '--resize <how>', description: 'stretch, letterbox, letterbox-top-left or center-crop' }),
  pad: z
    .number()
    .min(0)
    .max(255)
    .optional()
    .meta({ flag: '--pad <v>', description: "pixel value of the letterbox's border" }),
  inputSize: z
    .object({ width: z.number().int().positive(), height: z.number().int().positive() })
    .optional()
    .meta({ flag: '--input-size <WxH>', description: "the model's input, where it is open" }),
  size: z
    .object({ width: z.number().int().positive(), height: z.number().int().positive() })
    .optional()
    .meta({ flag: '--size <n|WxH>', description: 'the same, in one number where it is square' }),
  outputLayers: z
    .array(z.string())
    .optional()
    .meta({ flag: '--output-layers <a,b>', description: 'outputs to read, by name' }),
  device: z.string().optional().meta({ flag: '--device <name>', description: 'cpu, webgpu, cuda... (default: cpu)' }),
  python: z.string().optional().meta({
    flag: '--python <command>',
    description: 'what runs a script in Python (default: the active virtual environment, else python3)',
  }),
  timeout: z.number().positive().max(1e6).optional().meta({
    flag: '--timeout <s>',
    description: 'seconds that a script or Python may take for an answer (default: 120)',
  }),
  scriptTimeout: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .meta({ flag: '--script-timeout <s>', description: 'the same as --timeout' }),
  arg: z
    .record(z.string(), z.string())
    .optional()
    .meta({ flag: '--arg <name=value>', description: `${ownOption('arg')}; may be given several times` }),
  engine: z
    .string()
    .optional()
    .meta({ flag: '--engine <name>', description: ownOption('engine') }),
});

/** A model's configuration as far as flags gave it; paths absolute. */
export type LauncherFlags = Partial<ModelConfig>;

/** The command that parses LAUNCHER_ARGS; its help is what `-- -h` prints. */
export function launcherCommand(): Command {
  const command = new Command('--')
    .usage('LAUNCHER_ARGS')
    .allowExcessArguments(false)
    .exitOverride()
    // Errors are thrown; who catches them prints them.
    .configureOutput({ outputError: () => undefined });
  return addSchemaFlags(command, launcherFlagsSchema, {
    mean: (text) => readNumbers(text, '--mean'),
    std: (text) => readNumbers(text, '--std'),
    scale: (text) => readNumber(text, '--scale'),
    inputSize: (text) => readSize(text, '--input-size'),
    size: (text) => readSize(/^\d+$/.test(text.trim()) ? `${text.trim()}x${text.trim()}` : text, '--size'),
    arg: (text, before) => ({ ...(isRecord(before) ? before : {}), ...readArgument(text) }),
    timeout: (text) => readNumber(text, '--timeout'),
    scriptTimeout: (text) => readNumber(text, '--script-timeout'),
  });
}

/** The parsed flags of `launcherCommand`, checked. */
export function launcherFlags(parsed: Command): LauncherFlags {
  const { size, scriptTimeout, ...flags } = checkFlags(launcherFlagsSchema, parsed.opts());
  if (scriptTimeout !== undefined && flags.timeout !== undefined) {
    throw new DatumError('usage', '--timeout and --script-timeout say the same: give one of them.');
  }
  flags.timeout ??= scriptTimeout;
  if (size !== undefined && flags.inputSize !== undefined) {
    throw new DatumError('usage', '--size and --input-size say the same: give one of them.');
  }
  flags.inputSize ??= size;
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as LauncherFlags;
  for (const key of ['description', 'weights', 'labels'] as const) {
    const path = given[key];
    if (path !== undefined) given[key] = resolve(path);
  }
  for (const key of ['launcher', 'interpreter'] as const) {
    const name = given[key];
    if (name !== undefined && isScriptPath(name)) given[key] = resolve(name);
  }
  return given;
}

function readSize(text: string, flag: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/i.exec(text.trim()) ?? [];
  if (width === undefined || height === undefined) {
    throw new DatumError('usage', `${flag} takes WIDTHxHEIGHT in pixels, such as 640x480, not '${text}'.`);
  }
  return { width: Number(width), height: Number(height) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readArgument(text: string): Record<string, string> {
  const [, name, value] = /^([^=\s]+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new DatumError('usage', `--arg takes name=value, such as --arg name=resnet50, not '${text}'.`);
  }
  return { [name]: value };
}
