import { messageOf, option } from '../../errors.js';

/** What the runtime says, as a pattern, and what that means for whoever has the model. */
const MEANINGS: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [
    /Opset (\d+) is under development.*official support for domain (\S+) is till opset (\d+)/s,
    (version, domain, most) =>
      `it uses version ${version} of the operator set ${domain}, and the installed ONNX Runtime knows versions up to ${most}: export it with version ${most} or lower (in PyTorch: opset_version)`,
  ],
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    (version, most) =>
      `its file format has IR version ${version}, and the installed ONNX Runtime reads versions up to ${most}: save it with an older onnx package, or set ir_version to ${most}`,
  ],
  [
    /No Op registered for (\S+) with domain_version of (\d+)/,
    (operator, version) =>
      `its operator ${operator} is not in version ${version} of the operator set that it declares: export it with a newer opset that has ${operator}, or without it`,
  ],
  [
    /([\w.]+):(\w+)\(-?\d+\) is not a registered function\/op/,
    (domain, operator) =>
      `its operator ${operator} of the domain ${domain} is none of ONNX Runtime's: export it with standard operators, since libraries of custom operators are not loaded`,
  ],
  [
    /In Node, \("[^"]*", (\w+), .*No opset import for domain '([^']+)'/s,
    (operator, domain) =>
      `its operator ${operator} is of the domain ${domain}, which the file does not declare: export it with standard operators`,
  ],
  [
    /Could not find an implementation for (\w+)\(\d+\)/,
    (operator) =>
      `ONNX Runtime has no implementation of its operator ${operator} for these types: export it in float32, or without ${operator}`,
  ],
  [
    /Type Error: .*?Optype \((\w+)\)/s,
    (operator) =>
      `its operator ${operator} is given values of other types than it takes: export it again, and check it with onnx.checker`,
  ],
  [
    /Node input '([^']*)' is not a graph input/,
    (input) => `its graph uses a value '${input}' that nothing gives: export it again, and check it with onnx.checker`,
  ],
  [
    /Unsupported data type: 16\b/,
    () => 'it has numbers of type bfloat16, which ONNX Runtime does not run on the CPU: export it in float32',
  ],
  [
    /Op \((\w+)\) \[(?:Shape|Type)InferenceError\] ([^\n]*)/,
    (operator, why) =>
      `its operator ${operator} has an attribute or a size that it cannot have (${why.trim().replace(/\.$/, '')}): export it again, and check it with onnx.checker`,
  ],
  [
    /Graph output \(([^)]*)\) does not exist in the graph/,
    (output) => `it declares an output '${output}' that nothing in its graph gives: export it again`,
  ],
  [
    /Type \((\S+)\) of output arg \(([^)]*)\) of node .* does not match expected type \((.*?)\)\./,
    (type, output, declared) =>
      `it declares '${output}' as ${declared}, but its graph gives ${type}: export it again, and check it with onnx.checker`,
  ],
  [
    /External initializer: (\S+) offset: \d+ size to read: \d+ given file_length: (\d+)/,
    (weights, length) =>
      `the file of its weights is cut short: it ends after ${length} bytes, before the end of '${weights}': copy or download it again`,
  ],
  [
    /Protobuf parsing failed/,
    () => 'the file is damaged, cut short or above the 2 GB that one file can hold: export or download it again',
  ],
];

/** Why the runtime refuses a model, and what to do: one sentence. */
export function loadFailure(file: string, device: string, cause: unknown): string {
  const message = messageOf(cause);
  if (device !== 'cpu' && /adapter/i.test(message)) {
    return `${option('device', device)} cannot be used: this machine shows no GPU that ONNX Runtime can drive. Leave ${option('device')} out to run on the CPU.`;
  }
  if (device !== 'cpu' && /Failed to load shared library/i.test(message)) {
    return `${option('device', device)} cannot be used: its libraries need others that this machine lacks, those of the GPU's maker in the version that ONNX Runtime names (for CUDA, the toolkit and cuDNN). Install them, or leave ${option('device')} out to run on the CPU.`;
  }
  for (const [pattern, meaning] of MEANINGS) {
    const found = pattern.exec(message);
    if (found !== null) return `ONNX Runtime cannot load ${file}: ${meaning(...found.slice(1))}.`;
  }
  const hint = device === 'cpu' ? '' : ` Leave ${option('device')} out to run it on the CPU.`;
  const why = reasonIn(message.replace(/^Load model from .*? failed:\s*/, ''));
  return `ONNX Runtime cannot load ${file}: ${why}. Export it again, or check it with onnx.checker.${hint}`;
}

/** Why a run failed, and what to do: one sentence. */
export function runFailure(file: string, cause: unknown): string {
  const message = messageOf(cause);
  const wrong = /invalid dimensions for input: (\S+) for the following indices/.exec(message)?.[1];
  if (wrong !== undefined) {
    if (/Expected: 0\b/.test(message)) {
      return `the model ${file} failed to run: its input '${wrong}' has a dimension of 0, which nothing fills: export it again.`;
    }
    const sizes = [...message.matchAll(/Got: (\d+) Expected: (\d+)/g)].map(
      ([, got, wanted]) => `${got} where it takes ${wanted}`,
    );
    return `the model ${file} failed to run: its input '${wrong}' was given ${sizes.join(' and ')}: leave ${option('layout')} and ${option('inputSize')} out, or give those that it was exported with.`;
  }
  const [, operator, name = ''] = /while running (\w+) node\. Name:'([^']*)'/.exec(message) ?? [];
  if (operator === undefined) return `the model ${file} failed to run: ${firstLine(message)}`;
  const node = name === '' ? `its operator ${operator}` : `its operator ${operator} (${name})`;
  const why = reasonIn(message);
  return `the model ${file} failed to run: ${node} does not take what it is given (${why}). Where the input's size is open, say the one it was exported for with ${option('inputSize')}; else export it again.`;
}

/** The runtime's own reason without its source files and functions. */
function reasonIn(message: string): string {
  const [, status = message] = /Status Message: ([^]*)/.exec(message) ?? [];
  const [line = ''] = status.split('\n');
  const plain = line.replace(/^\S+:\d+ (?:.* was false\. |.*?\) )/, '').trim();
  return (plain === '' ? line : plain).replace(/\.$/, '');
}

function firstLine(message: string): string {
  const [line = ''] = message.split('\n');
  return line.endsWith('.') ? line : `${line}.`;
}
