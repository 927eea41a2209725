import type { Alternative } from './alternatives.js';
import { isCrowd, type Symptom } from './symptoms.js';
import type { Response } from './trials.js';

/** An alternative, and how the model answers under it. */
export interface Tried extends Alternative {
  readonly response: Response;
}

/** When answers look odd, and which other preprocessing is clearly better. */
export interface Rules {
  readonly symptom: Symptom;
  readonly isOdd: (now: Response) => boolean;
  readonly choose: (now: Response, tried: readonly Tried[]) => Tried | null;
}

/** Answers that have so much in common are the same. Of models fed rightly, none did with a photo of what it knows. */
export const ALIKE = 0.75;
/** With so much in common there is no doubt. */
const SURELY_ALIKE = 0.95;
/** How sure a model of what shows nothing must be to be called sure of anything, and an alternative at most. */
const SURE_OF_NOTHING = 0.9;
const DOUBTS_NOTHING = 0.5;
/** What an unusual preprocessing has to be better by, and what a later one than the simplest. */
const UNUSUAL = 0.1;
const CLEARLY = 0.1;

/** By how much more an alternative must respond where answers are alike: less where there is no doubt, and where it is surer too. */
function neededResponse(now: Response, { sure }: Response): number {
  if (now.alike < SURELY_ALIKE) return 0.3;
  return sure > now.sure + 0.1 ? 0.1 : 0.25;
}

/**
 * The answer is the same whatever is shown: mostly values that are far too small. An alternative of another range must
 * respond: clearly, unless it is surer too; where there is a doubt, to nothing else.
 */
const UNMOVED: Rules = {
  symptom: 'unmoved',
  isOdd: () => true,
  choose: (now, tried) => {
    const surely = now.alike >= SURELY_ALIKE;
    const range = best(
      tried.filter(
        ({ change, response }) =>
          change.scale !== undefined &&
          response.responds > now.responds + neededResponse(now, response) &&
          (surely || (response.idle < now.idle + 0.05 && gain(response) > 0.1)),
      ),
      // Beyond that, more reaction is no better: values that are too large make it strongest.
      ({ responds, idle }) => Math.min(responds, 0.5) - idle,
    );
    return range === null ? null : surestOfRange(range, tried);
  },
};

/** How much surer another mean and deviation must be to be named with the scale. */
const SURER = 0.2;

/**
 * Where the scale is settled, the usual mean and deviation of the same range that make the model surest of the image,
 * where they make it much surer and it tells the image from nothing as well.
 */
function surestOfRange(chosen: Tried, tried: readonly Tried[]): Tried {
  let found = chosen;
  for (const one of tried) {
    const { change, response, usual, preprocessing } = one;
    if (
      !usual ||
      gain(response) <= 0 ||
      change.scale === undefined ||
      hasLargeValues(preprocessing) !== hasLargeValues(chosen.preprocessing)
    ) {
      continue;
    }
    const least = chosen.response.sure + SURER;
    if (response.sure > Math.max(least, found.response.sure) && gain(response) > gain(chosen.response) - 0.05) {
      found = one;
    }
  }
  return found;
}

/** Values of some hundreds, rather than of a few. */
function hasLargeValues({ scale, std }: Tried['preprocessing']): boolean {
  return (255 * scale) / (std[0] ?? 1) > 20;
}

/** The model is sure of noise too: mostly values that are far too large. An alternative must be sure of the image alone. */
const SURE_OF_ANYTHING: Rules = {
  symptom: 'sure-of-anything',
  isOdd: () => true,
  choose: (now, tried) =>
    best(
      tried.filter(({ response }) => response.leastIdle < DOUBTS_NOTHING && gain(response) > gain(now) + 0.4),
      gain,
    ),
};

/** A color order must make a model so many times as sure, and another normalisation so many times. */
const COLOR_FACTOR = 3.2;
const FACTOR = 8;

/**
 * The model reacts, and is hardly sure. On one photo, this says little: the right color order makes ImageNet models surer
 * in the mean, but of two photos in five less sure.
 */
const UNSURE: Rules = {
  symptom: 'unsure',
  isOdd: ({ sure }) => (sure + 0.01) * COLOR_FACTOR < 1.01,
  choose: (now, tried) => {
    const isBetter = ({ response }: Tried, factor: number, most: number, least: number): boolean =>
      response.sure > now.sure + 0.1 &&
      response.sure + 0.01 > factor * (now.sure + 0.01) &&
      response.idle < now.idle + most &&
      response.responds > now.responds &&
      gain(response) > least;
    const usual = tried.filter((one) => one.usual);
    const color = tried.find(
      (one) =>
        one.change.color !== undefined &&
        one.change.scale === undefined &&
        isBetter(one, COLOR_FACTOR, 0.1, 0.1) &&
        usual.every(({ response }) => gain(one.response) >= gain(response) - 0.1),
    );
    return (
      color ??
      best(
        usual.filter((one) => isBetter(one, FACTOR, 0.2, 0.3)),
        gain,
      )
    );
  },
};

/**
 * A detector finds nothing that it finds in the mirror image too: mostly values that are far too small. An alternative
 * must find it, and no more in pieces of the image.
 */
const FINDS_NOTHING: Rules = {
  symptom: 'unsure',
  isOdd: () => true,
  choose: (now, tried) => bestDetector(tried, Math.max(now.sure + 0.3, 4 * now.sure)),
};

/** A detector finds as much in the image's pieces: mostly values that are too large, which make it see things. */
const SEES_THINGS: Rules = {
  symptom: 'sure-of-pieces',
  isOdd: ({ pieces, sure }) => sure >= 0.5 && pieces >= sure,
  choose: (_now, tried) =>
    bestDetector(
      tried.filter(({ change }) => change.scale !== undefined),
      0.4,
    ),
};

/** By how much less a model may tell the image from nothing as it is fed by convention: other ways may chance on a box. */
const CALM = 0.3;

/**
 * A detector is certain of more boxes than an image shows: mostly values that are far too large. As it is fed by
 * convention, it need not find anything, for the image may show nothing that it knows.
 */
const CROWDED: Rules = {
  symptom: 'boxes-everywhere',
  isOdd: () => true,
  choose: (_now, tried) => {
    const surest = bestDetector(tried, 0.4);
    const own = tried.find((one) => one.own && !isCrowd(one.response.crowd));
    if (own === undefined) return surest;
    return surest === null || gain(own.response) > gain(surest.response) - CALM ? own : surest;
  },
};

/** Of more objects no detector is all but certain in most photos: boxes in so many places prove nothing. */
const FEW = 15;

function bestDetector(tried: readonly Tried[], least: number): Tried | null {
  return best(
    tried.filter(
      ({ response }) => gain(response) > least && response.pieces < response.sure - 0.02 && response.crowd <= FEW,
    ),
    gain,
  );
}

/** The rules for how a model answers. */
export function rulesFor({ alike, leastIdle, sure, crowd }: Response, detects: boolean): Rules {
  if (detects && isCrowd(crowd)) return CROWDED;
  if (detects) return sure < 0.25 ? FINDS_NOTHING : SEES_THINGS;
  if (alike >= ALIKE) return UNMOVED;
  return leastIdle >= SURE_OF_NOTHING ? SURE_OF_ANYTHING : UNSURE;
}

/** How much surer of the image than of what shows nothing. */
export function gain({ sure, idle }: Response): number {
  return sure - idle;
}

/** What others have to be better by than the model's own convention. */
const CONVENTION = 0.1;

/** The best one; the first ones are the simplest, and a later one must be clearly better. */
function best(tried: readonly Tried[], value: (response: Response) => number): Tried | null {
  let found: { readonly one: Tried; readonly value: number } | null = null;
  for (const one of tried) {
    // Nobody is sent where the model is surer of nothing than of the image.
    if (gain(one.response) <= 0) continue;
    const its = value(one.response) + (one.own ? CONVENTION : 0) - (one.usual ? 0 : UNUSUAL);
    if (found === null || its > found.value + CLEARLY) found = { one, value: its };
  }
  return found?.one ?? null;
}
