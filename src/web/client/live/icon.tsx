/** Each state has a shape of its own, so that color is never alone. */
const PATHS = {
  good: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm4.2 5.6-5 6.2-3.5-3.1 1.1-1.3 2.2 1.9 3.9-4.8z',
  warn: 'M8 .8 16 15H0zM7.1 5.6v4.6h1.8V5.6zm0 5.8v1.8h1.8v-1.8z',
  bad: 'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zM5.6 4.2 4.2 5.6 6.6 8l-2.4 2.4 1.4 1.4L8 9.4l2.4 2.4 1.4-1.4L9.4 8l2.4-2.4-1.4-1.4L8 6.6z',
  unknown: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.7zM4.5 7.1v1.8h7V7.1z',
  copy: 'M5 1h9v11h-2V3H5zM2 4h8v11H2zm1.6 1.6v7.8h4.8V5.6z',
  photo:
    'M1 2h14v12H1zm1.6 1.6v7l3.2-3.4 2.6 2.6 2-2 3 3V3.6zM11 4.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z',
  model: 'M8 .5 14.8 4v8L8 15.5 1.2 12V4zm0 1.9L4.3 4.3 8 6.2l3.7-1.9zM2.9 5.5v5.4l4.2 2.2V7.7zm6 7.6 4.2-2.2V5.5L8.9 7.7z',
  box: 'M1 1h5v1.8H2.8V6H1zm9 0h5v5h-1.8V2.8H10zM1 10h1.8v3.2H6V15H1zm12.2 0H15v5h-5v-1.8h3.2z',
} as const;

export type IconName = keyof typeof PATHS;

/** A small picture beside a word that says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path fill-rule="evenodd" d={PATHS[name]} />
    </svg>
  );
}
