import { isAbsolute, relative } from 'node:path';
import { shellCommand } from '../report/words/shell-command.js';
import type { CommandOf } from '../web/server/commands.js';
import { flagName } from './flag-names.js';

/**
 * What a page shows as a command that is run where the page was started.
 *
 * @param project its folder, as it was named
 */
export function pageCommands(project: string): CommandOf {
  return ({ image, model, classes, method, given, metrics }) => {
    const usual = method === null || method === 'rise';
    return shellCommand([
      'datum',
      'explain',
      fromHere(image.path ?? image.name),
      ...(usual ? [] : [method]),
      '-m',
      fromHere(model),
      ...(project === '.' ? [] : ['-p', project]),
      ...Object.entries(given).flatMap(([name, value]) => flagWords(name, value, classes)),
      ...(metrics === null || metrics === 'fast' ? [] : ['--metrics', metrics]),
      '-o',
      'out',
    ]);
  };
}

/** A path as one types it in the current folder; what begins with a dash would be taken for a flag. */
function fromHere(path: string): string {
  const shown = isAbsolute(path) ? relative(process.cwd(), path) : path;
  const near = isAbsolute(path) && (shown.startsWith('..') || isAbsolute(shown)) ? path : shown;
  return near.startsWith('-') ? `./${near}` : near;
}

function flagWords(name: string, value: unknown, classes: readonly string[] | null): string[] {
  const flag = flagName(name, null);
  if (name === 'boxes' && Array.isArray(value)) {
    return value.flatMap((box: unknown) => (isBox(box) ? [flag, boxText(box, classes)] : []));
  }
  if (name === 'classes' && Array.isArray(value)) {
    return [flag, value.map((one) => className(String(one), classes)).join(',')];
  }
  if (typeof value === 'boolean') return value ? [flag] : [];
  if (name === 'timeBudget') return [flag, `${String(value)}s`];
  return [flag, Array.isArray(value) ? value.join(',') : String(value)];
}

interface GivenBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label?: unknown;
}

function isBox(value: unknown): value is GivenBox {
  if (typeof value !== 'object' || value === null) return false;
  const sides: Readonly<Record<string, unknown>> = { ...value };
  return ['x', 'y', 'width', 'height'].every((side) => typeof sides[side] === 'number');
}

/** Pixels to two decimals: the model's own pixels are no finer. */
function boxText({ x, y, width, height, label }: GivenBox, classes: readonly string[] | null): string {
  const numbers = [x, y, width, height].map((side) => String(Math.round(side * 100) / 100)).join(',');
  return typeof label === 'string' ? `${numbers}:${className(label, classes)}` : numbers;
}

/** A class by its name where that names one class and can be typed in a list; else by its number. */
function className(asked: string, classes: readonly string[] | null): string {
  const id = /^#(\d+)$/.exec(asked)?.[1];
  const name = id === undefined ? undefined : classes?.[Number(id)];
  if (name === undefined || !/^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u.test(name)) return asked;
  return classes?.filter((one) => one === name).length === 1 ? name : asked;
}
