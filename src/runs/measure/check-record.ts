import type { Curve } from '../../explain/metrics/curve.js';
import type { ModelInfo } from '../../models/open-model.js';
import { CHECK, type CheckedMap, type CheckRecord } from '../../results/schema/check.js';
import type { OpenedImage } from '../answer.js';
import type { Audit, AuditedMap } from './audit.js';

/** An audit as its file holds it. */
export function checkRecord(
  { planned, scale, truth, maps, forwards }: Audit,
  image: OpenedImage,
  { name, sha256, interpreter, input }: ModelInfo,
  over: CheckRecord['over'],
): CheckRecord {
  const { box, label, score, target } = planned;
  return {
    version: CHECK.version,
    image: { path: image.path, width: image.pixels.width, height: image.pixels.height },
    model: { name, sha256, interpreter, input: { width: input.width, height: input.height } },
    target: { kind: target.kind, label, bbox: box === null ? null : [box.x, box.y, box.width, box.height], score },
    scale,
    over,
    truth: truth.map(({ x, y, width, height }) => [x, y, width, height]),
    maps: maps.map(mapRecord),
    forwards,
  };
}

function mapRecord({ curves, ...map }: AuditedMap): CheckedMap {
  const { name, origin, tied, pointing, energyInObject, verdict, reliability, samples } = map;
  return {
    name,
    origin,
    order: curves !== null,
    tied,
    deletion: plain(curves?.deletion),
    insertion: plain(curves?.insertion),
    blurredDeletion: plain(curves?.blurredDeletion),
    blurredInsertion: plain(curves?.blurredInsertion),
    gain: curves?.gain ?? null,
    blurredGain: curves?.blurredGain ?? null,
    advantage: curves?.advantage ?? null,
    pointing,
    energyInObject,
    verdict,
    reliability,
    samples,
  };
}

function plain(curve: Curve | undefined): CheckedMap['deletion'] {
  return curve === undefined ? null : { shares: [...curve.shares], scores: [...curve.scores], auc: curve.auc };
}
