import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation, OperationTable } from '../../translate/operation.js';
import { detection } from '../detection/index.js';
import { batchOfDetections, emitDetectionOutput } from '../detection/detection-output.js';
import { emitPriorBox, emitPriorBoxClustered, type PriorSizes } from '../detection/prior-box.js';
import { elementwise } from '../elementwise.js';
import { movements } from '../movements.js';
import { normalizations } from '../normalizations.js';
import { quantization } from '../quantization.js';
import { reductions } from '../reductions.js';
import { selections } from '../selections.js';
import { decoders } from '../sequences.js';
import { slices } from '../slices.js';
import { legacyFunctions } from './functions.js';
import { legacyChoices } from './choices.js';
import { legacyShapes } from './shapes.js';
import { legacyWeighted } from './weighted.js';

/** Sizes of the two inputs themselves: a map and the image. */
function sizesOfInputs(scope: LayerScope): PriorSizes {
  const plane = (index: number): readonly [number, number] => {
    const [height, width] = scope.dims(index).slice(2);
    if (typeof height !== 'number' || typeof width !== 'number')
      throw scope.unsupported(`input ${index} has no known size`);
    return [height, width];
  };
  return { map: plane(0), image: plane(1) };
}

/** Prior boxes are the same for all images. */
const withoutBatch: Operation['batch'] = ({ outputDims }) => outputDims.map(() => null);

/** The layers of v3 to v7 (2018, 2019), which have their weights in `<blobs>` and no operation sets. */
export const legacyOperations: OperationTable = {
  ...elementwise,
  ...movements,
  ...normalizations,
  ...quantization,
  ...reductions,
  ...selections,
  ...decoders,
  ...slices,
  ...detection,
  ...legacyChoices,
  ...legacyFunctions,
  ...legacyShapes,
  ...legacyWeighted,
  DetectionOutput: { translate: (scope) => emitDetectionOutput(scope, true), batch: batchOfDetections },
  PriorBox: { translate: (scope) => emitPriorBox(scope, sizesOfInputs(scope), [1, 2]), batch: withoutBatch },
  PriorBoxClustered: {
    translate: (scope) => emitPriorBoxClustered(scope, sizesOfInputs(scope), [1, 2]),
    batch: withoutBatch,
  },
};
