import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../shared/icon.js';

interface CopyCommandProps {
  /** One for each pane; empty where there is nothing to be said in a terminal. */
  readonly commands: readonly string[];
  /** Whether an image has no file here: then the command names one that is not there yet. */
  readonly unsaved: boolean;
}

/** What is shown, as a command for a terminal: copied, and shown to be read. */
export function CopyCommand({ commands, unsaved }: CopyCommandProps) {
  const text = [...new Set(commands)].join('\n');
  const [copied, setCopied] = useState<{ readonly text: string; readonly worked: boolean } | null>(null);
  useEffect(() => {
    setCopied(null);
  }, [text]);
  if (text === '') return null;
  const copy = (): void => {
    copyText(text).then(
      () => {
        setCopied({ text, worked: true });
      },
      () => {
        setCopied({ text, worked: false });
      },
    );
  };
  return (
    <>
      <button type="button" class="plain quiet" onClick={copy}>
        <Icon of="copy" /> Copy as command
      </button>
      {copied !== null && (
        <div class="page-command">
          <code tabIndex={0} aria-label="The command">
            {copied.text}
          </code>
          <p class="muted small" role="status">
            {copied.worked ? 'Copied.' : 'It could not be copied: mark it and copy it yourself.'} It runs where this
            page was started.{unsaved ? ' Save the picture there first: it came without a file.' : ''}
          </p>
          <button
            type="button"
            class="link"
            onClick={() => {
              setCopied(null);
            }}
          >
            Close
          </button>
        </div>
      )}
    </>
  );
}

/** @throws where the browser lets no page write to the clipboard, as on another machine's address. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
