import type { Box } from '../../annotations/index.js';
import type { Attributes, ImageSize, Segmentation } from '../types.js';

/** One annotation file of LabelMe, in either of its forms. */
export interface LabelMeFile {
  /** The image as the file names it. */
  readonly imageName: string;
  /** Folder that the file gives its image, in the XML form; empty where it gives none. */
  readonly folder: string;
  readonly size: ImageSize | null;
  /** Classes of the whole image. */
  readonly labels: readonly string[];
  readonly objects: readonly LabelMeObject[];
  /** Objects that have no place here, such as points: what they are, and the class of those that are on the image. */
  readonly unplaced: readonly { readonly kind: string; readonly name: string | null }[];
  /** Why its shapes cannot be read. */
  readonly malformed?: string;
}

export interface LabelMeObject {
  readonly name: string;
  readonly box: Box;
  readonly segmentation: Segmentation | null;
  readonly attributes: Attributes;
}
