/** A fenced block of code on a page. */
export interface CodeBlock {
  /** Line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Why it cannot run, as the page says; null where it runs. */
  readonly notRun: string | null;
  /** The file that the page says it stands in. */
  readonly file: string | null;
  /** What its last command is said to end with. */
  readonly exitCode: number;
}

/**
 * Finds all fenced blocks of a page. HTML comments right above a fence, which readers do not see, say what to do with it:
 *
 *     <!-- not run: REASON -->
 *     <!-- file: NAME -->
 *     <!-- exits with CODE -->
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const lines = markdown.split('\n');
  const blocks: CodeBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', language = ''] = /^( *)```(.*)$/.exec(lines[i] ?? '') ?? [];
    if (!(lines[i] ?? '').startsWith(`${indent}\`\`\``)) continue;
    const end = lines.indexOf(`${indent}\`\`\``, i + 1);
    if (end < 0) throw new Error(`the block of line ${i + 1} has no end`);
    const about = commentsAbove(lines, i);
    blocks.push({
      line: i + 1,
      language: language.trim(),
      text: `${lines
        .slice(i + 1, end)
        .map((line) => line.slice(indent.length))
        .join('\n')}\n`,
      notRun: about('not run: *(.+)'),
      file: about('file: *(.+)') ?? about('example (.+)'),
      exitCode: Number(about('exits with *(\\d+)') ?? 0),
    });
    i = end;
  }
  return blocks;
}

/** Looks something up in the comments that stand right above a line. */
function commentsAbove(lines: readonly string[], fence: number): (pattern: string) => string | null {
  const comments: string[] = [];
  for (let i = fence - 1; i >= 0; i--) {
    const line = (lines[i] ?? '').trim();
    const [, comment] = /^<!--(.*)-->$/.exec(line) ?? [];
    if (comment !== undefined) comments.push(comment.trim());
    else if (line !== '') break;
  }
  return (pattern) => {
    const found = comments.map((comment) => new RegExp(`^${pattern}$`).exec(comment)?.[1]);
    return found.find((one) => one !== undefined) ?? null;
  };
}
