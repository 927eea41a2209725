import { DatumError } from '../../errors.js';
import { describeLayer, type IrLayer } from '../ir/model.js';

/** Reads a layer's `<data>`; a value that is missing or malformed is an error that names layer and attribute. */
export class LayerAttributes {
  readonly #layer: IrLayer;
  readonly #file: string;

  constructor(layer: IrLayer, file: string) {
    this.#layer = layer;
    this.#file = file;
  }

  has(name: string): boolean {
    return this.#layer.data[name] !== undefined;
  }

  /** Text as stored. */
  text(name: string, fallback?: string): string {
    const text = this.#layer.data[name] ?? fallback;
    if (text === undefined) throw this.#error(`has no attribute "${name}"`);
    return text;
  }

  /** One of a few words. */
  choice<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const text = this.text(name, fallback);
    const found = choices.find((choice) => choice === text.toLowerCase());
    if (found === undefined) throw this.#error(`has ${name}="${text}", which is none of ${choices.join(', ')}`);
    return found;
  }

  float(name: string, fallback?: number): number {
    const text = this.#layer.data[name];
    if (text === undefined && fallback !== undefined) return fallback;
    return this.#number(name, this.text(name));
  }

  int(name: string, fallback?: number): number {
    const value = this.float(name, fallback);
    if (!Number.isSafeInteger(value)) throw this.#error(`has ${name}="${value}", which is not an integer`);
    return value;
  }

  /** Numbers separated by commas; an empty list where the text is empty. */
  floats(name: string, fallback?: readonly number[]): readonly number[] {
    const text = this.#layer.data[name];
    if (text === undefined && fallback !== undefined) return fallback;
    const parts = this.text(name).trim();
    return parts === '' ? [] : parts.split(',').map((part) => this.#number(name, part.trim()));
  }

  ints(name: string, fallback?: readonly number[]): readonly number[] {
    return this.floats(name, fallback).map((value) => {
      if (!Number.isSafeInteger(value)) throw this.#error(`has ${name}="${value}", which is not an integer`);
      return value;
    });
  }

  /** `true` or `1`, `false` or `0`, in any case. */
  flag(name: string, fallback?: boolean): boolean {
    const text = this.#layer.data[name]?.toLowerCase();
    if (text === undefined && fallback !== undefined) return fallback;
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw this.#error(`has ${name}="${text ?? ''}", which is neither true nor false`);
  }

  #number(name: string, text: string): number {
    const value = Number(text.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity'));
    if (text !== '' && !Number.isNaN(value)) return value;
    throw this.#error(`has ${name}="${text}", which is not a number`);
  }

  #error(what: string): DatumError {
    return new DatumError(
      'model',
      `${this.#file}: the ${describeLayer(this.#layer)} ${what}. Export or download the model again.`,
      { file: this.#file },
    );
  }
}
