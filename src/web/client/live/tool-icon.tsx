/** Signs of what can be chosen, beside words that say the same. */
const PATHS = {
  photo: 'M1 2h14v12H1zm1.6 1.6v7l3.2-3.4 2.6 2.6 2-2 3 3V3.6zM11 4.6a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6z',
  model:
    'M8 .5 14.8 4v8L8 15.5 1.2 12V4zm0 1.9L4.3 4.3 8 6.2l3.7-1.9zM2.9 5.5v5.4l4.2 2.2V7.7zm6 7.6 4.2-2.2V5.5L8.9 7.7z',
  box: 'M1 1h5v1.8H2.8V6H1zm9 0h5v5h-1.8V2.8H10zM1 10h1.8v3.2H6V15H1zm12.2 0H15v5h-5v-1.8h3.2z',
} as const;

export function ToolIcon({ of }: { readonly of: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[of]} />
    </svg>
  );
}
