import { useEffect, useState } from 'preact/hooks';

/** Milliseconds after which a switch shows what holds, where the server did not follow. */
const PATIENCE = 3000;

interface ServerToggleProps {
  /** As the server has it. */
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: string;
}

/** A switch of something that the server holds: it stays as it was put until the server says how it is. */
export function ServerToggle({ checked, onChange, children }: ServerToggleProps) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  useEffect(() => {
    setWanted(null);
  }, [checked]);
  useEffect(() => {
    if (wanted === null) return;
    const timer = setTimeout(() => {
      setWanted(null);
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
    };
  }, [wanted]);
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={wanted ?? checked}
        onChange={(event) => {
          setWanted(event.currentTarget.checked);
          onChange(event.currentTarget.checked);
        }}
      />
      <span>{children}</span>
    </label>
  );
}
