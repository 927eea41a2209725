import { DatumError } from '../errors.js';
import type { DatasetFormat, Detection, Fit } from './format.js';
import { foreignFormat } from './foreign.js';
import { Probe } from './probe.js';
import { FORMATS } from './registry.js';
import { unrecognised } from './unrecognised.js';

/** A format that fits a path, and why. */
export interface DetectedFormat extends Detection {
  readonly format: DatasetFormat;
}

/** The format that is read, and what it passes by of those that fit less well. */
export interface BestFormat extends DetectedFormat {
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/** Formats whose files are those of another one too, which says more of them. */
const PART_OF: Readonly<Record<string, readonly string[]>> = {
  yolo: ['yolo_loose'],
  yolo_ultralytics: ['yolo_loose'],
  mvtec: ['imagenet'],
  imagenet_txt: ['imagenet'],
};

const ORDER: readonly Fit[] = ['certain', 'likely', 'fallback'];

/** All formats that fit a path, best first. */
export async function detectFormats(path: string): Promise<DetectedFormat[]> {
  return fittingFormats(await Probe.of(path));
}

async function fittingFormats(probe: Probe): Promise<DetectedFormat[]> {
  const fitting: DetectedFormat[] = [];
  for (const entry of FORMATS) {
    const format = await entry.load();
    const detection = await format.detect(probe);
    if (detection !== null) fitting.push({ ...detection, format });
  }
  return fitting.sort((a, b) => ORDER.indexOf(a.fit) - ORDER.indexOf(b.fit));
}

/**
 * The one format that fits a path best.
 *
 * @throws DatumError (`dataset`) when none fits, saying what is wrong, or several equally well, saying how to name one; or
 *   when there are annotations in a format that is known by sight and not read.
 */
export async function detectFormat(path: string): Promise<BestFormat> {
  const probe = await Probe.of(path);
  const fitting = await fittingFormats(probe);
  const best = fitting.filter(({ fit }) => fit === fitting[0]?.fit);
  const [first, second] = best;
  if (first === undefined || first.fit === 'fallback') {
    const foreign = await foreignFormat(path, probe);
    if (foreign !== null) throw foreign;
  }
  if (first === undefined) throw await unrecognised(path, probe);
  if (second !== undefined) {
    const found = best.map(({ format, reason }) => `${format.name} (${reason})`).join(', ');
    throw new DatumError(
      'dataset',
      `${path}: this can be read as ${found}; name one, such as '${path}:${first.format.name}'.`,
      { file: path, option: 'format' },
    );
  }
  const weaker = fitting.filter(
    ({ format, fit }) =>
      fit !== 'fallback' && fit !== first.fit && PART_OF[first.format.name]?.includes(format.name) !== true,
  );
  return { ...first, notes: await passedByNotes(path, first.format.name, weaker) };
}

async function passedByNotes(path: string, best: string, weaker: readonly DetectedFormat[]): Promise<string[]> {
  const notes: string[] = [];
  for (const { format, passedBy } of weaker) {
    if (passedBy === undefined) continue;
    notes.push(
      `${path}: not read beside the annotations of ${best}: ${await passedBy()}; name it as '${path}:${format.name}' to read these in their place.`,
    );
  }
  return notes;
}
