import { LineCounter, parseDocument, type Document } from 'yaml';
import { DatumError, messageOf } from '../errors.js';
import { refuseNewer } from '../results/schema/file-format.js';
import { PROJECT, type ProjectRecord } from '../results/schema/project.js';
import { describeIssue } from '../schema-issues.js';

/**
 * Reads the text of a project file.
 *
 * @param file its path, for messages.
 * @throws DatumError (`project`) naming the line at fault, or saying that a newer version wrote the file.
 */
export function parseProjectConfig(text: string, file: string): ProjectRecord {
  const lines = new LineCounter();
  // YAML's parser reads JSON too, and knows in which line every value stands.
  const document = parseDocument(text, { lineCounter: lines, schema: 'json' });
  const value = parseJson(text, file, document, lines);
  refuseNewer(PROJECT, value, file);
  const parsed = PROJECT.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  throw damaged(
    file,
    lineOf(document, lines, path),
    `${path.join('.') || 'the file'} ${issue === undefined ? 'is not valid' : describeIssue(issue)}`,
  );
}

function parseJson(text: string, file: string, document: Document, lines: LineCounter): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    const offset = position === undefined ? (document.errors[0]?.pos[0] ?? text.length) : Number(position);
    throw damaged(file, lines.linePos(Math.min(offset, text.length)).line, jsonComplaint(error));
  }
}

/** What the parser says, without the piece of text that it quotes, which may run over several lines. */
function jsonComplaint(error: unknown): string {
  return messageOf(error)
    .replace(/, (?:\.\.\.)?"[\s\S]*$/, '')
    .replace(/ in JSON at position.*$/, '');
}

function damaged(file: string, line: number, what: string): DatumError {
  return new DatumError(
    PROJECT.kind,
    `the project file ${file} is damaged in line ${line} (${what}): ${PROJECT.mend}.`,
    { file, option: 'project' },
  );
}

/** The line of the value at a path, or of the nearest one above it that there is. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line;
  }
  return 1;
}
