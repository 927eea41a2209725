import { z } from 'zod';

/** How a model is opened, fed and read: what a project keeps and `openModel` takes. Paths are absolute. */
export const modelConfigSchema = z.strictObject({
  launcher: z.string(),
  /** The model file. */
  description: z.string(),
  weights: z.string().optional(),
  device: z.string().default('cpu'),
  engine: z.string().optional(),
  outputLayers: z.array(z.string()).optional(),
  /** Name of a built-in interpreter, or the path of a script; inferred where absent. */
  interpreter: z.string().optional(),
  /** Command or path of the Python that runs a script; the active virtual environment's, else `python3`, where absent. */
  python: z.string().optional(),
  /** Arguments of the `load` of a model in Python, by name. */
  arg: z.record(z.string(), z.string()).optional(),
  /** A launcher of Datumaro, where `description` is a folder of its plug-ins. */
  plugin: z
    .strictObject({
      name: z.string(),
      /** What its class is made with. */
      options: z.record(z.string(), z.unknown()),
      /** The folder of the model's own files. */
      modelDir: z.string().optional(),
    })
    .optional(),
  /** Seconds that a script or Python may take for an answer. */
  timeout: z.number().positive().max(1e6).optional(),
  /** What inference fixed for the interpreter. */
  interpreterOptions: z.record(z.string(), z.unknown()).optional(),
  /** File of label names. */
  labels: z.string().optional(),
  color: z.enum(['rgb', 'bgr', 'gray']).optional(),
  mean: z.array(z.number()).optional(),
  std: z.array(z.number().refine((value) => value !== 0, 'must not be 0')).optional(),
  scale: z.number().optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
  resize: z.enum(['stretch', 'letterbox', 'letterbox-top-left', 'center-crop']).optional(),
  pad: z.number().min(0).max(255).optional(),
  inputSize: z.object({ width: z.number().int().positive(), height: z.number().int().positive() }).optional(),
});

/**
 * How a model file is opened, read and fed; where a field is absent, it is told from the file.
 *
 * @useDeclaredType
 */
export type ModelConfig = z.output<typeof modelConfigSchema>;
