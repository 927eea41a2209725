import type { State } from './signs.js';

export type { State } from './signs.js';
export type IconName = State | 'copy' | 'grid' | 'list' | 'left' | 'right' | 'close' | 'filter';

const PATHS: Readonly<Record<IconName, string>> = {
  good: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm4.2 5.6-5 6.2-3.5-3.1 1.1-1.3 2.2 1.9 3.9-4.8z',
  warn: 'M8 .8 16 15H0zM7.1 5.6v4.6h1.8V5.6zm0 5.8v1.8h1.8v-1.8z',
  bad: 'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zM5.6 4.2 4.2 5.6 6.6 8l-2.4 2.4 1.4 1.4L8 9.4l2.4 2.4 1.4-1.4L9.4 8l2.4-2.4-1.4-1.4L8 6.6z',
  unknown: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.7zM4.5 7.1v1.8h7V7.1z',
  copy: 'M5 1h9v11h-2V3H5zM2 4h8v11H2zm1.6 1.6v7.8h4.8V5.6z',
  grid: 'M1 1h6v6H1zm8 0h6v6H9zM1 9h6v6H1zm8 0h6v6H9z',
  list: 'M1 2h14v2H1zm0 5h14v2H1zm0 5h14v2H1z',
  left: 'M10.6 1.6 12 3 7 8l5 5-1.4 1.4L4.2 8z',
  right: 'M5.4 1.6 4 3l5 5-5 5 1.4 1.4L11.8 8z',
  close: 'M3.4 2 8 6.6 12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4z',
  filter: 'M1 3h14v2H1zm3 4h8v2H4zm3 4h2v2H7z',
};

/** A small sign beside words, which say the same. */
export function Icon({ of }: { of: IconName }) {
  const state = of === 'good' || of === 'warn' || of === 'bad' || of === 'unknown';
  return (
    <svg class={state ? `icon is-${of}` : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[of]} />
    </svg>
  );
}

/** A state in a word or two, with its sign. */
export function Tag({ of, children }: { of: State; children: string }) {
  return (
    <span class={`tag tag-${of}`}>
      <Icon of={of} />
      {children}
    </span>
  );
}
