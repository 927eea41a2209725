import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import { writeWhole } from '../../files.js';
import type { Io } from '../io.js';

interface ConvertFlags {
  readonly output?: string;
  readonly weights?: string;
  readonly outputLayers?: string;
}

/** `datum convert`. */
export function convertCommand(io: Io): Command {
  return new Command('convert')
    .argument('<model>', 'an OpenVINO model (IR): its .xml')
    .description('translate an OpenVINO model to an ONNX file')
    .option('-o, --output <file>', 'the .onnx file to write; one of that name is replaced')
    .option('-w, --weights <file>', 'its weights (default: the .bin beside the .xml)')
    .option('--output-layers <a,b>', 'outputs to keep (default: all)')
    .action((model: string, flags: ConvertFlags) => convert(io, model, flags));
}

async function convert(io: Io, model: string, { output, weights, outputLayers }: ConvertFlags): Promise<void> {
  if (extname(model).toLowerCase() === '.onnx') {
    throw new DatumError('usage', `${model} is an ONNX model already: name the .xml of an OpenVINO model.`, {
      file: model,
    });
  }
  if (output === undefined) throw new DatumError('usage', 'name the .onnx file to write with -o.');
  if (await isFolder(output)) {
    throw new DatumError('usage', `-o: ${output} is a folder, name the .onnx file to write in it.`, { file: output });
  }
  if (extname(output).toLowerCase() !== '.onnx') {
    throw new DatumError('usage', `-o: ${output} does not end in .onnx, by which an ONNX model is known.`, {
      file: output,
    });
  }
  const { convertFile } = await import('../../launchers/openvino/convert-file.js');
  const { bytes, opset, version, inputs, outputs, obstacle } = await convertFile(
    model,
    weights,
    outputLayers?.split(',').map((name) => name.trim()),
  );
  await writeWhole(output, bytes);
  const { tensorText } = await import('../describe-model.js');
  io.stdout.write(
    `Written to ${output}: ${sizeText(bytes.byteLength)}, operator set ${opset}, from OpenVINO IR v${version}.\n`,
  );
  for (const tensor of inputs) io.stdout.line(`input   ${tensorText(tensor)}`);
  for (const tensor of outputs) io.stdout.line(`output  ${tensorText(tensor)}`);
  if (obstacle !== null) io.stderr.line(`It takes one image a run, because of its ${obstacle}.`);
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
