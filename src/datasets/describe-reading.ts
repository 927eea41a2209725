import { FRAME_REMARKS } from './frames.js';
import type { Dataset, Reading, Tally } from './types.js';

/**
 * What was read of a dataset, one sentence a thing: how many there are, what was passed over, what is to be looked at.
 *
 * @param chosen images that are used, where they are not all
 */
export function describeReading(
  { format, reason, labelNames }: Pick<Dataset, 'format' | 'reason' | 'labelNames'>,
  reading: Reading,
  chosen: number = reading.images,
): string[] {
  const { images, missing, ignored, malformed, passedOver, remarks, unlooked } = reading;
  const sentences = [
    `Read as ${format}${reason === undefined || reason === null ? '' : `, since ${reason}`}: ${countsOf(reading, labelNames.length)}.`,
  ];
  if (chosen < images) sentences.push(`Of these, ${counted(chosen, 'image is', 'images are')} chosen.`);
  if (missing > 0) sentences.push(`${counted(missing, 'image is', 'images are')} named and not there.`);
  const passed = Object.entries(passedOver).map(([kind, tally]) => `${kind} ${withNames(tally)}`);
  if (passed.length > 0) sentences.push(`Passed over, and neither found nor missed: ${passed.join('; ')}.`);
  if (malformed.count > 0)
    sentences.push(`Annotations that cannot be read: ${withNames(malformed)}; these images fail.`);
  if (ignored > 0) {
    sentences.push(
      `${counted(ignored, 'box is of a crowd or difficult and counts', 'boxes are of crowds or difficult and count')} neither as found nor as missed.`,
    );
  }
  if (unlooked.length > 0 && labelNames.length > 0) {
    const where =
      unlooked.length === 1 && unlooked[0] === 'default' && reading.annotated === 0 ? '' : ` in ${unlooked.join(', ')}`;
    sentences.push(`No image${where} has an annotation: nobody looked at them, so answers to them are not judged.`);
  }
  for (const [remark, tally] of Object.entries(remarks)) sentences.push(`Images ${remark}: ${withNames(tally)}.`);
  const [stored, seen] = [remarks[FRAME_REMARKS.stored], remarks[FRAME_REMARKS.seen]];
  if (stored !== undefined && seen !== undefined) {
    sentences.push(
      `Sizes of turned images are declared both ways, so look at ${stored.first.join(', ')} and ${seen.first.join(', ')}: where the size is not that which the boxes are of, they lie wrong.`,
    );
  }
  return sentences;
}

/** How many of everything there are: `3 images, 2 annotated, 4 boxes, 1 class`. */
export function countsOf({ images, annotated, boxes, labels }: Reading, classes: number): string {
  const counts = [counted(images, 'image', 'images')];
  if (annotated > 0) counts.push(`${annotated} annotated`);
  if (boxes > 0) counts.push(counted(boxes, 'box', 'boxes'));
  if (labels > 0) counts.push(counted(labels, 'label of a whole image', 'labels of whole images'));
  if (boxes + labels === 0) counts.push('no annotations');
  if (classes > 0) counts.push(counted(classes, 'class', 'classes'));
  return counts.join(', ');
}

/** `3 (a, b, c)`, `12 (a, b, c and others)`. */
function withNames({ count, first }: Tally): string {
  return `${count} (${first.join(', ')}${count > first.length && first.length >= 3 ? ' and others' : ''})`;
}

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
