import { isImageName } from './image-names.js';

/** Endings of files that hold annotations in one format or another. */
export const ANNOTATIONS =
  /\.(jsonl?|ndjson|odgt|xml|csv|tsv|txt|ya?ml|pbtxt|names|data|labels|parquet|mat|tfrecords?|record|arrow|pkl|npz|datum)$/i;

/** Those of them that hardly are anything else. */
export const SURE_ANNOTATIONS =
  /\.(jsonl?|ndjson|odgt|xml|csv|tsv|parquet|mat|tfrecords?|record|arrow|pkl|npz|datum)$/i;

/** Files that people lay beside images and that hold none. */
const NOT_ANNOTATIONS =
  /^(readme|license|licence|copying|notice|authors|changelog|requirements|manifest|credits|citation)\b|^notes\.json$|_hierarchy\.json$|^package(-lock)?\.json$|^\.?gitignore$|^docker-compose\b|^mkdocs\b|^environment\.ya?ml$/i;

/** Whether a file's name is one of annotations, or of what goes with them. */
export function looksLikeAnnotations(name: string, endings: RegExp = ANNOTATIONS): boolean {
  return !isImageName(name) && endings.test(name) && !NOT_ANNOTATIONS.test(name);
}
