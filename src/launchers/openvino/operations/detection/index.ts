import type { OperationTable } from '../../translate/operation.js';
import { detectionOutput } from './detection-output.js';
import { priorBoxes } from './prior-box.js';
import { proposal } from './proposal.js';
import { regionYolo } from './region-yolo.js';
import { regions } from './regions.js';

/** The layers of detectors. */
export const detection: OperationTable = {
  ...priorBoxes,
  ...regions,
  DetectionOutput: detectionOutput,
  Proposal: proposal,
  RegionYolo: regionYolo,
};
