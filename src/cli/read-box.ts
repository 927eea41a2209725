import { DatumError } from '../errors.js';

/** A box as one types it: `x,y,w,h` in pixels of the image, and a class behind a colon. */
export interface TypedBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label?: string;
}

/** @throws DatumError (`usage`) naming the flag. */
export function readTypedBox(value: string, flag: string): TypedBox {
  const [numbers = '', ...label] = value.split(':');
  const parts = numbers.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x = NaN, y = NaN, width = NaN, height = NaN] = parts;
  if (parts.length !== 4 || parts.some((part) => !Number.isFinite(part))) {
    throw new DatumError('usage', `${flag} takes x,y,w,h in pixels, and a class after a colon, not '${value}'.`);
  }
  return { x, y, width, height, ...(label.length > 0 ? { label: label.join(':') } : {}) };
}
