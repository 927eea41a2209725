import type { OperationTable } from '../../translate/operation.js';
import { detectionOutput } from './detection-output.js';
import { detectron } from './detectron.js';
import { generateProposals } from './generate-proposals.js';
import { multiclassNms } from './multiclass-nms.js';
import { priorBoxes } from './prior-box.js';
import { proposal } from './proposal.js';
import { regionYolo } from './region-yolo.js';
import { regions } from './regions.js';

/** The layers of detectors. */
export const detection: OperationTable = {
  ...priorBoxes,
  ...regions,
  ...detectron,
  DetectionOutput: detectionOutput,
  GenerateProposals: generateProposals,
  MulticlassNms: multiclassNms,
  Proposal: proposal,
  RegionYolo: regionYolo,
};
