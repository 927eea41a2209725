import type { ComponentChildren } from 'preact';
import { COLOR_MAP_NAMES, type ColorMapName } from './color-maps.js';
import { percent } from './format.js';
import type { ViewMode, ViewSettings } from './view-settings.js';

const MODES: readonly (readonly [ViewMode, string])[] = [
  ['saliency', 'Map'],
  ['evidence', 'What is enough'],
  ['contrast', 'Against the next class'],
  ['error', 'How sure'],
  ['image', 'Picture'],
];

export interface ViewControlsProps {
  readonly settings: ViewSettings;
  readonly onChange: (settings: ViewSettings) => void;
  /** Modes that there is something to show for. */
  readonly modes: ReadonlySet<ViewMode>;
}

/** What lies on the picture, and how it is painted. */
export function ViewControls({ settings, onChange, modes }: ViewControlsProps) {
  return (
    <div class="controls">
      <ViewModes settings={settings} onChange={onChange} modes={modes} />
      <Painting settings={settings} onChange={onChange} />
      <Toggle
        checked={settings.boxes}
        onChange={(boxes) => {
          onChange({ ...settings, boxes });
        }}
      >
        Boxes
      </Toggle>
      <Contour settings={settings} onChange={onChange} />
    </div>
  );
}

/** What lies on the picture. */
export function ViewModes({ settings, onChange, modes }: ViewControlsProps) {
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

type Knobs = Omit<ViewControlsProps, 'modes'>;

/** How the map is painted. */
export function ViewKnobs(knobs: Knobs) {
  return (
    <div class="knobs">
      <Painting {...knobs} />
      <Contour {...knobs} />
    </div>
  );
}

function Painting({ settings, onChange }: Knobs) {
  const set = (change: Partial<ViewSettings>): void => {
    onChange({ ...settings, ...change });
  };
  return (
    <>
      <Slider
        label="Strength of colors"
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
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function Contour({ settings, onChange }: Knobs) {
  return (
    <Toggle
      checked={settings.significant}
      onChange={(significant) => {
        onChange({ ...settings, significant });
      }}
    >
      Line beyond doubt
    </Toggle>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly disabled?: boolean;
  readonly onInput: (value: number) => void;
}

function Slider({ label, value, least = 0, disabled = false, onInput }: SliderProps) {
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

interface ToggleProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

function Toggle({ checked, onChange, children }: ToggleProps) {
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      <span>{children}</span>
    </label>
  );
}
