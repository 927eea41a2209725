import type { Evidence } from './types.js';

/** What Ultralytics' exporter notes of a model beside the names of its classes. */
export interface UltralyticsNotes {
  /** `detect`, `segment`, `pose`, `obb`, `classify`...; null in exports of YOLOv5's own repository. */
  readonly task: string | null;
  /** Numbers of all key points of a pose: their count times 2 or 3. */
  readonly keyPoints: number | null;
  /** Whether the graph itself chooses the final detections: a one-to-one head, or NMS built in. */
  readonly final: boolean;
}

/**
 * Ultralytics' notes in the metadata: `task`, `kpt_shape` ([17, 3]), `end2end`, and `args`, the exporter's options.
 *
 * Source: ultralytics/ultralytics `ultralytics/engine/exporter.py` (Exporter.__call__, metadata).
 */
export function ultralyticsNotes({ signature: { metadata } }: Evidence): UltralyticsNotes {
  const shape = metadata['kpt_shape']?.match(/\d+/g)?.map(Number) ?? [];
  const [points, numbers] = shape;
  const ownTask = metadata['stride'] !== undefined || metadata['names'] !== undefined;
  return {
    task: ownTask ? (metadata['task']?.toLowerCase() ?? null) : null,
    keyPoints: points === undefined || numbers === undefined ? null : points * numbers,
    final: metadata['end2end']?.toLowerCase() === 'true' || /['"]nms['"]\s*:\s*true/i.test(metadata['args'] ?? ''),
  };
}
