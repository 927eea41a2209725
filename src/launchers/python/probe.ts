import { execFile } from 'node:child_process';
import { z } from 'zod';
import { codeOf } from '../../errors.js';
import { findPython } from '../../python/find-python.js';

/** Packages of Python that models are run with, by the names that they are imported by. */
const PACKAGES = ['numpy', 'torch', 'tensorflow', 'keras', 'ai_edge_litert', 'tflite_runtime', 'onnxruntime'] as const;

/** Milliseconds that Python may take: it looks for packages and imports none. */
const PATIENCE = 10_000;

const answerSchema = z.object({
  version: z.string(),
  path: z.string(),
  packages: z.record(z.string(), z.string()),
});

/** The Python that would run a person's models. */
export type TriedPython =
  | ({ readonly kind: 'works'; readonly command: string } & z.output<typeof answerSchema>)
  | { readonly kind: 'missing' | 'fails'; readonly command: string; readonly why: string };

/**
 * Asks Python for its version and its packages (`importlib.metadata`, https://docs.python.org/3/library/importlib.metadata.html):
 * nothing is imported, so nothing is started.
 */
const QUESTION = `
import importlib.metadata as m, importlib.util as u, json, sys
found = {}
names = m.packages_distributions() if hasattr(m, 'packages_distributions') else {}
for name in sys.argv[1:]:
    if u.find_spec(name) is None:
        continue
    found[name] = ''
    for one in names.get(name, [name]):
        try:
            found[name] = m.version(one)
            break
        except m.PackageNotFoundError:
            pass
print(json.dumps({'version': sys.version.split()[0], 'path': sys.executable, 'packages': found}))
`;

/**
 * Finds the Python that would run models, and what it has for them.
 *
 * @param given a command or path, in place of the one that is found
 * @param patience in milliseconds
 */
export function tryPython(given?: string, patience = PATIENCE): Promise<TriedPython> {
  const { command } = findPython(given);
  return new Promise((resolve) => {
    execFile(
      command,
      // eslint-disable-next-line no-restricted-syntax -- Python's own
      ['-c', QUESTION, ...PACKAGES],
      { timeout: patience, killSignal: 'SIGKILL', windowsHide: true, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) resolve(answerOf(command, stdout));
        else if (codeOf(error) === 'ENOENT') resolve({ kind: 'missing', command, why: 'there is no such command' });
        else {
          const why =
            error.killed === true ? `no answer in ${patience / 1000} s` : (stderr.trim().split('\n').at(-1) ?? '');
          resolve({ kind: 'fails', command, why: why === '' ? error.message : why });
        }
      },
    );
  });
}

function answerOf(command: string, text: string): TriedPython {
  try {
    return { kind: 'works', command, ...answerSchema.parse(JSON.parse(text)) };
  } catch {
    return { kind: 'fails', command, why: `it says ${JSON.stringify(text.slice(0, 80))} where JSON is expected` };
  }
}
