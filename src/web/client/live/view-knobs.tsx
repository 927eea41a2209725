import { COLOR_MAP_NAMES, type ColorMapName } from '../shared/color-maps.js';
import { percent } from '../shared/format.js';
import type { ViewMode, ViewSettings } from '../shared/view-settings.js';

const MODES: readonly (readonly [ViewMode, string])[] = [
  ['saliency', 'Map'],
  ['evidence', 'What is enough'],
  ['contrast', 'Against the next class'],
  ['error', 'How sure'],
  ['image', 'Picture'],
];

interface Knobs {
  readonly settings: ViewSettings;
  readonly onChange: (settings: ViewSettings) => void;
}

/** What lies on the picture. */
export function ViewModes({ settings, onChange, modes }: Knobs & { readonly modes: ReadonlySet<ViewMode> }) {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">What is shown</legend>
      {MODES.filter(([mode]) => modes.has(mode)).map(([mode, name]) => (
        <label key={mode} class="segment">
          <input
            type="radio"
            name="mode"
            checked={settings.mode === mode}
            onChange={() => {
              onChange({ ...settings, mode });
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** How the map is painted. */
export function ViewKnobs({ settings, onChange }: Knobs) {
  const set = (change: Partial<ViewSettings>): void => {
    onChange({ ...settings, ...change });
  };
  return (
    <div class="knobs">
      <Slider
        label="Strength of colors"
        least={0}
        value={settings.opacity}
        onInput={(opacity) => {
          set({ opacity });
        }}
      />
      <Slider
        label="Only the brightest"
        least={0.01}
        value={settings.shown}
        disabled={settings.mode !== 'saliency'}
        onInput={(shown) => {
          set({ shown });
        }}
      />
      <label class="field">
        <span>Colors</span>
        <select
          value={settings.colors}
          onChange={(event) => {
            const colors = COLOR_MAP_NAMES.find((name) => name === event.currentTarget.value);
            if (colors !== undefined) set({ colors });
          }}
        >
          {COLOR_MAP_NAMES.map((name: ColorMapName) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="toggle">
        <input
          type="checkbox"
          checked={settings.significant}
          onChange={(event) => {
            set({ significant: event.currentTarget.checked });
          }}
        />
        <span>Line beyond doubt</span>
      </label>
    </div>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly disabled?: boolean;
  readonly onInput: (value: number) => void;
}

function Slider({ label, value, least, disabled = false, onInput }: SliderProps) {
  return (
    <label class="field">
      <span>
        {label} <output>{percent(value)}</output>
      </span>
      <input
        type="range"
        min={least}
        max={1}
        step={0.01}
        value={value}
        disabled={disabled}
        aria-label={label}
        aria-valuetext={percent(value)}
        onInput={(event) => {
          onInput(event.currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}
