/** Bytes of the header and the logical screen descriptor. */
const AFTER_SCREEN = 13;
/** Blocks begin with one of these. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
/** The extension that says which color is transparent. */
const GRAPHIC_CONTROL = 0xf9;

/** Red, green, blue in 0..255. */
export type RgbColor = readonly [number, number, number];

/**
 * The color that the transparent pixels of a GIF's first image have in its palette. Pillow's
 * `convert('RGB')` shows them in it; decoders that drop the alpha channel show black.
 *
 * Source: GIF89a, 18 to 24.
 *
 * @returns null where no color is transparent, or where the file ends before that is said.
 */
export function transparentColor(gif: Uint8Array): RgbColor | null {
  const screen = paletteAt(AFTER_SCREEN, gif[10]);
  let at = screen.end;
  let transparent: number | null = null;
  while (gif[at] === EXTENSION) {
    // Label, then blocks with their lengths before them, up to one of no length.
    const data = at + 3;
    if (gif[at + 1] === GRAPHIC_CONTROL) transparent = (gif[data]! & 1) === 1 ? (gif[data + 3] ?? null) : null;
    at += 2;
    while ((gif[at] ?? 0) > 0) at += gif[at]! + 1;
    at++;
  }
  if (gif[at] !== IMAGE || transparent === null) return null;
  const own = paletteAt(at + 10, gif[at + 9]);
  const { start, end } = own.start === own.end ? screen : own;
  const color = start + 3 * transparent;
  return color + 3 > end || end > gif.length ? null : [gif[color]!, gif[color + 1]!, gif[color + 2]!];
}

/** Where a palette lies, if the flags before it say that there is one. */
function paletteAt(start: number, flags = 0): { readonly start: number; readonly end: number } {
  return { start, end: start + ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)) };
}
