import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Classes that are listed at once. */
const MOST = 40;

/** The entry for a box of whatever class. */
const ANY = { value: null, name: 'any class' } as const;

interface ClassMenuProps {
  /** Whether it stands in the upper half of the picture, since the box lies in the lower one. */
  readonly above: boolean;
  /** Names of the model's classes; null where nobody gave them. */
  readonly classes: readonly string[] | null;
  /** Numbers of classes to list first: those that the model sees. */
  readonly first: readonly number[];
  /** @param label as the method's options take it; null for any class */
  readonly onChoose: (label: string | null) => void;
  readonly onLeave: () => void;
}

/** The class of a box that was drawn: typed, or chosen with the arrow keys or the pointer. */
export function ClassMenu({ above, classes, first, onChoose, onLeave }: ClassMenuProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  // Before the page is drawn: the next key is meant for the menu.
  useLayoutEffect(() => {
    input.current?.focus();
  }, []);
  const options = optionsFor(text, classes, first);
  const place = Math.min(at, options.length - 1);
  useEffect(() => {
    list.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  }, [place]);
  const onKey = (event: KeyboardEvent): void => {
    const chosen = options[place];
    if (event.key === 'Escape') onLeave();
    else if (event.key === 'ArrowDown') setAt(Math.min(options.length - 1, place + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, place - 1));
    else if (event.key === 'Enter') {
      if (chosen !== undefined) onChoose(chosen.value);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class={above ? 'menu menu-above' : 'menu'} role="dialog" aria-label="Class of the drawn box">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Class"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={options.length === 0 ? undefined : `${id}-${place}`}
        autocomplete="off"
        placeholder={classes === null ? 'Number of a class, as #3' : 'Name of a class'}
        value={text}
        onKeyDown={onKey}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label="Class of the drawn box">
        {options.map(({ value, name }, i) => (
          // Keys are those of the field, which keeps the focus.
          <li
            key={value ?? ''}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === place}
            onClick={() => {
              onChoose(value);
            }}
          >
            {name}
          </li>
        ))}
      </ul>
      {options.length === 0 && <p class="muted">The model has no such class.</p>}
      <div class="line">
        <button
          type="button"
          class="plain primary"
          disabled={options.length === 0}
          onClick={() => {
            const chosen = options[place];
            if (chosen !== undefined) onChoose(chosen.value);
          }}
        >
          Explain
        </button>
        <button type="button" class="plain" onClick={onLeave}>
          Leave it
        </button>
      </div>
    </div>
  );
}

interface ClassOption {
  readonly value: string | null;
  readonly name: string;
}

/** Classes whose names hold what was typed, those that begin with it first. */
function optionsFor(text: string, classes: readonly string[] | null, first: readonly number[]): ClassOption[] {
  const typed = text.trim().toLowerCase();
  if (classes === null) return typed === '' ? [ANY] : [{ value: text.trim(), name: text.trim() }];
  const all = classes.map((name, number) => ({ value: `#${number}`, name }));
  if (typed === '') {
    const seen = first.flatMap((number) => all[number] ?? []);
    return [ANY, ...new Set([...seen, ...all])].slice(0, MOST);
  }
  const starts = all.filter(({ name }) => name.toLowerCase().startsWith(typed));
  const holds = all.filter(({ name }) => name.toLowerCase().includes(typed));
  return [...new Set([...starts, ...holds])].slice(0, MOST);
}
