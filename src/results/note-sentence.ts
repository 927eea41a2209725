import { libraryName, option, sayOptions } from '../errors.js';
import type { Note } from '../explain/note.js';
import { unfaithfulSentence, weakSentence } from './target-summary.js';
import type { NoteRecord } from './schema/notes.js';

/** A note in words. Options are marked: faces call them by their own names (`sayOptions`). */
export function noteSentence(note: Note): string {
  switch (note.kind) {
    case 'alpha-dropped':
      return 'the image is partly or wholly transparent: the model is shown the colors under the transparency, so lay it on a background first if they are not what you see.';
    case 'depth-reduced':
      return note.pixels === 'gray16'
        ? `the image is gray of 16 bits: values are divided by 256, as OpenCV does, and the brightest of ${note.brightest} becomes ${Math.floor(note.brightest / 256)}; Pillow's convert('RGB') makes white of all above 255, so bring it to 8 bits as for the training where that was done otherwise.`
        : `the image has floating point or 32-bit values, up to ${note.brightest}: they are cut to 0 to 255, as Pillow does; bring it to 8 bits as for the training where that was done otherwise.`;
    case 'fewer-classes':
      return `${option('topK', note.asked)} is more than the model has: all of its ${note.classes} classes are explained.`;
    case 'boxes-left-out': {
      const boxes = note.count === 1 ? '1 more box was' : `${note.count} more boxes were`;
      return `${boxes} found and not explained: raise ${option('maxBoxes')}.`;
    }
    case 'masks-at-random':
      return `masks are drawn at random: balanced (foldover) masks need ${option('prob', 0.5)}, not ${note.probability}.`;
    case 'blur-hides-little':
      return `the model's scores ${note.left > 1 ? 'do not fall' : `stay at ${Math.round(100 * note.left)} %`} when the whole image is blurred, so hidden pixels are zeros and not blurred here (${option('fill')} says otherwise).`;
    case 'proposals-cut':
      return `the model cuts its boxes itself (NMS or top-k inside, ${note.interpreter}), so maps of boxes are weaker than with raw proposals: export it without if you can.`;
    case 'perhaps-no-classes':
      return `These may be no classes: nothing in the model says so, and of other numbers (a regression, points) these maps mean nothing. If they are classes, give their names with ${option('labels')}; if not, read them with a script, whose path ${option('interpreter')} takes.`;
    case 'unfaithful':
      return unfaithfulSentence(note);
    case 'weak':
      return weakSentence({ ...note, count: note.targets.length });
    case 'script':
    case 'advice':
    case 'text':
      return note.sentence;
  }
}

/** A note as files hold it: its facts, and its sentence with options as the library calls them. */
export function noteRecord(note: Note): NoteRecord {
  const sentence = sayOptions(noteSentence(note), libraryName);
  return note.kind === 'weak'
    ? { ...note, targets: [...note.targets], names: [...note.names], sentence }
    : { ...note, sentence };
}
