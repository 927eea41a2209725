import { DatumError } from '../errors.js';
import type { Probe } from './probe.js';

/** A format of annotations that is known by sight and not read. */
interface ForeignFormat {
  readonly name: string;
  /** Names of its files. */
  readonly files: RegExp;
  /** What the start of such a file has; all of them. */
  readonly has: readonly RegExp[];
}

const FOREIGN: readonly ForeignFormat[] = [
  { name: "Datumaro's binary format", files: /\.datum$/i, has: [] },
  { name: 'TFRecord', files: /\.(tfrecords?|record)$|\.tfrecord-\d+-of-\d+$/i, has: [] },
  { name: 'Parquet', files: /\.parquet$/i, has: [] },
  { name: 'Apache Arrow', files: /\.arrow$/i, has: [] },
  { name: 'VoTT JSON', files: /\.(vott|json)$/i, has: [/"asset"\s*:\s*\{/, /"regions"\s*:\s*\[/] },
  { name: 'VoTT JSON', files: /\.(vott|json)$/i, has: [/"assets"\s*:\s*\{/, /"videoSettings"\s*:/] },
  { name: 'Supervisely', files: /\.json$/i, has: [/"classTitle"\s*:/] },
  { name: 'Supervisely', files: /^meta\.json$/i, has: [/"classes"\s*:\s*\[/, /"shape"\s*:/] },
  { name: 'SuperAnnotate', files: /\.json$/i, has: [/"___sa_version___"|"lastAction"\s*:/, /"instances"\s*:/] },
  { name: 'Labelbox', files: /\.(json|ndjson)$/i, has: [/"data_row"\s*:|"DataRow ID"\s*:/] },
  { name: 'a manifest of SageMaker Ground Truth', files: /\.(manifest|jsonl?)$/i, has: [/"source-ref"\s*:/] },
  { name: "JSON lines of Google's Vertex AI", files: /\.jsonl$/i, has: [/"imageGcsUri"\s*:/] },
  { name: 'Scalabel or BDD100K', files: /\.json$/i, has: [/"box2d"\s*:\s*\{|"poly2d"\s*:/] },
  { name: 'Cityscapes', files: /\.json$/i, has: [/"imgHeight"\s*:/, /"objects"\s*:/, /"polygon"\s*:/] },
  { name: 'V7 Darwin', files: /\.json$/i, has: [/darwin_json|darwin-py|"schema_ref"\s*:/, /"annotations"\s*:/] },
  {
    name: 'VIA 3',
    files: /\.json$/i,
    has: [/"project"\s*:\s*\{/, /"metadata"\s*:|"view"\s*:/, /"data_format_version"/],
  },
  { name: "the text of Roboflow's YOLOv4 PyTorch and Keras exports", files: /^_annotations\.txt$/i, has: [] },
  {
    name: "COCO's file of results",
    files: /\.json$/i,
    has: [/^\s*\[\s*\{[^{}]*"image_id"\s*:/, /"score"\s*:/],
  },
  { name: 'WIDER FACE', files: /^wider_face_.*\.txt$/i, has: [] },
  { name: 'MOT', files: /^gt\.txt$/i, has: [/^\d+,\d+,-?[\d.]+,-?[\d.]+,[\d.]+,[\d.]+/] },
];

/** Files looked at. */
const MAX_FILES = 40;

/** A file in a format that is known by sight and not read. */
export interface ForeignFile {
  /** Below the folder that is looked at, with `/`. */
  readonly file: string;
  /** Name of its format, for a sentence. */
  readonly name: string;
}

/** The first file of each format that is known by sight and not read. */
export async function foreignFiles(probe: Probe): Promise<ForeignFile[]> {
  const found: ForeignFile[] = [];
  const isCandidate = (name: string): boolean => FOREIGN.some(({ files }) => files.test(name));
  for (const file of await probe.find(isCandidate, { depth: 3, limit: MAX_FILES })) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    for (const format of FOREIGN) {
      if (!format.files.test(name) || found.some((one) => one.name === format.name)) continue;
      const head = format.has.length === 0 ? '' : await probe.head(file);
      if (format.has.every((sign) => sign.test(head))) found.push({ file, name: format.name });
    }
  }
  return found;
}

/**
 * The error for a folder of images with annotations in a format that is known by sight and not read; null where there
 * are none. Such a folder is never read as bare images without the person's word.
 */
export async function foreignFormat(path: string, probe: Probe): Promise<DatumError | null> {
  const [first] = await foreignFiles(probe);
  if (first === undefined) return null;
  return new DatumError(
    'dataset',
    `${path}: ${first.file} is ${first.name}, which is not read; bring it into one that is, such as coco, or read the images alone as '${path}:image_dir'.`,
    { file: path, option: 'format' },
  );
}
