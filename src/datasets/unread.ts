import { isImageName } from './image-names.js';
import { Probe } from './probe.js';
import { formatNames } from './registry.js';
import type { Dataset } from './types.js';

/** Formats that read images or folders alone: whatever files lie beside them say nothing to these. */
const WITHOUT_FILES: ReadonlySet<string> = new Set(['image_dir', 'imagenet']);

/** Endings of files that hold annotations in one format or another. */
const ANNOTATIONS =
  /\.(jsonl?|ndjson|xml|csv|tsv|txt|ya?ml|pbtxt|names|parquet|mat|tfrecords?|record|arrow|pkl|npz|datum)$/i;

/** Files that people lay beside images and that hold none. */
const NOT_ANNOTATIONS =
  /^(readme|license|licence|copying|notice|authors|changelog|requirements|manifest|credits|citation)\b|^package(-lock)?\.json$|^\.?gitignore$/i;

/** Files that are looked for, and of these named, at most. */
const MOST = 50;
const NAMED = 3;

/**
 * A sentence for files beside images that look like annotations and that the format does not read: none is taken for
 * bare images in silence.
 */
export async function unreadNotes(path: string, { format, root }: Dataset): Promise<string[]> {
  if (!WITHOUT_FILES.has(format)) return [];
  const probe = await Probe.of(path);
  const files = await probe.find((name) => !isImageName(name) && looksLikeAnnotations(name), { depth: 3, limit: MOST });
  if (files.length === 0) return [];
  const more = files.length - NAMED;
  const named = files.slice(0, NAMED).join(', ');
  const rest = more > 0 ? ` and ${files.length === MOST ? 'many' : more} more` : '';
  const what = files.length === 1 ? 'looks like annotations and is' : 'look like annotations and are';
  const read = format === 'image_dir' ? 'images alone' : 'images by their folders alone';
  return [
    `${root}: ${read} are read: ${named}${rest} ${what} in no format that is known here; bring them into one (${formatNames().join(', ')}), or name theirs as '${root}:FORMAT' to be told what is wrong.`,
  ];
}

function looksLikeAnnotations(name: string): boolean {
  return ANNOTATIONS.test(name) && !NOT_ANNOTATIONS.test(name);
}
