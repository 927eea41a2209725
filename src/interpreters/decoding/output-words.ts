/**
 * What an output may be that holds neither classes nor boxes, and words by which exporters and authors name it. Numbers
 * of images, points and the like come first in nobody's name, so that a word counts where it stands alone between
 * other characters than letters.
 */
export type OutputKind =
  | 'embedding'
  | 'angles'
  | 'gaze'
  | 'age'
  | 'points'
  | 'measure'
  | 'anomaly'
  | 'depth'
  | 'segmentation'
  | 'heatmaps'
  | 'image'
  | 'larger-image'
  | 'features'
  | 'attention'
  | 'text'
  | 'boxes'
  | 'class-number'
  | 'whole-numbers'
  | 'ranks'
  | 'quantized'
  | 'changed'
  | 'overflow'
  | 'latent'
  | 'numbers'
  | 'maps'
  | 'table';

/** Words of each kind, the most telling first. */
const WORDS: readonly (readonly [OutputKind, string])[] = [
  ['anomaly', 'anomaly|anomalies|anomaly_?maps?|anomaly_?scores?|pred_score'],
  ['boxes', 'box|boxes|bbox|bboxes|bbox_?preds?|rois?|dets|detections?|rects?|anchors|priors?'],
  ['points', 'landmarks?|key_?points?|kpts?|kps|lmks?|ldmks?|points|pts|coords?|coordinates|joints|simcc_?[xy]'],
  ['angles', 'angles?|yaw|pitch|roll|head_?pose|euler|euler_?angles|quaternions?'],
  ['gaze', 'gaze'],
  ['depth', 'depths?|disparity|disparities|disp|inverse_?depth'],
  ['attention', 'attentions?|attn'],
  [
    'features',
    'hidden_?states?|last_?hidden_?state|encoder_?out(?:put)?|feature_?maps?|saliency_?maps?|activation_?maps?',
  ],
  [
    'embedding',
    'embeddings?|embeds?|embs?|embd|re_?id|feats?|features?|feature_?vectors?|descriptors?|representations?|pooler_?output|face_?recognition|face_?net|arc_?face|fingerprint|(?:cls|patch)_?tokens?',
  ],
  ['latent', 'latents?|mu|z|z_?means?|log_?vars?|z_?log_?vars?|log_?sigma'],
  ['heatmaps', 'heat_?maps?|hms?'],
  ['segmentation', '(?:pred_?)?masks?|seg|segmentation|semantic|sem_?seg|matte|matting|alphas?|pha|parsing'],
  ['text', 'text|ctc|ocr|decoded?|dec|chars?|characters?|plates?|captions?|tokens?|transcription|crnn|lpr(?:net)?'],
  ['age', 'ages?'],
  [
    'measure',
    'quality|iqa|aesthetics?|mos|distances?|regress(?:ion|or)?|intensity|valence|arousal|sharpness|beauty|attractiveness|bmi|prices?|weights?|heights?|counts?|density|temperature|speed|steering',
  ],
];

const MATCHERS = WORDS.map(([kind, words]) => [kind, new RegExp(`(?<![a-z])(?:${words})(?![a-z])`)] as const);

/** Words for scores of classes, whatever else a name says: `plate_color`, `angle_cls`. */
const CLASSES =
  /(?<![a-z])(?:logits?|probs?|probabilit(?:y|ies)|soft_?max|sigmoid|class(?:es)?|cls|classif\w*|labels?|categor(?:y|ies)|gender|sex|race|emotions?|expressions?|genres?|attributes?|types?|colou?rs?)(?![a-z])/;
/** Words for scores of classes where nothing else is said: `pred_depth`, `quality_score` are none. */
const SCORES = /(?<![a-z])(?:pred(?:s|icted|ictions?)?|scores?|confidences?|conf|dense|tags?|heads?)(?![a-z])/;

/** Last parts of names that say what a graph does, not what comes of it: `age/BiasAdd:0`. */
const OPERATIONS =
  /(?:^|\/)(?:bias_?add|add|mat_?mul|identity|squeeze|reshape|concat|mul|fc|gemm|linear|output)(?:_\d+)*$/;

/** What the words of a name say of an output or a model, unless they speak of classes; null where they say nothing. */
export function kindInName(name: string): OutputKind | null {
  const text = readable(name);
  return CLASSES.test(text) ? null : (MATCHERS.find(([, words]) => words.test(text))?.[0] ?? null);
}

/** Whether the words of a name are those of class scores. */
export function isNamedAsClasses(name: string): boolean {
  const text = readable(name);
  return CLASSES.test(text) || (SCORES.test(text) && kindInName(name) === null);
}

/** A name in lower case without a graph's scopes and output number; words that are run together are parted. */
function readable(name: string): string {
  let text = name
    .replace(/:\d+$/, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
  while (OPERATIONS.test(text) && text.includes('/')) text = text.replace(/\/?[^/]*$/, '');
  return text.replace(/^.*\//, '');
}
