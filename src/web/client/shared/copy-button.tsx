import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

export interface CopyButtonProps {
  readonly text: string | (() => string);
  readonly children: string;
  readonly class?: string;
}

/** How long a button says that it has copied, in milliseconds. */
const SAID = 2000;

/** Copies a text; says so for a moment. */
export function CopyButton({ text, children, class: className = 'plain' }: CopyButtonProps) {
  const [done, setDone] = useState<'copied' | 'not copied' | null>(null);
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => {
      setDone(null);
    }, SAID);
    return () => {
      clearTimeout(timer);
    };
  }, [done]);
  return (
    <button
      type="button"
      class={className}
      onClick={() => {
        void navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
          () => {
            setDone('copied');
          },
          () => {
            setDone('not copied');
          },
        );
      }}
    >
      <Icon of={done === 'copied' ? 'good' : 'copy'} />
      <span aria-live="polite">{done === null ? children : done === 'copied' ? 'Copied' : 'Not allowed here'}</span>
    </button>
  );
}

/** A command that can be copied; it is broken between words alone. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div class="command">
      <code>
        {command.split(' ').map((word, i) => (
          <span key={i}>{i === 0 ? word : ` ${word}`}</span>
        ))}
      </code>
      <CopyButton text={command} class="command-copy">
        Copy
      </CopyButton>
    </div>
  );
}
