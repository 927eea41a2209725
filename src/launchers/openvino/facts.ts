import type { LauncherFacts } from '../types.js';

/** What runs the models: ONNX Runtime, after translation, or OpenVINO itself. */
export const ENGINES = ['onnx', 'openvino'] as const;

export const openvinoFacts: LauncherFacts = {
  name: 'openvino',
  title: 'OpenVINO models (IR), with ONNX Runtime or OpenVINO',
  extensions: { '.xml': 'OpenVINO IR' },
  options: {
    weights: { title: 'IR weights (default: the .bin beside the .xml)' },
    engine: { title: `for OpenVINO IR: ${ENGINES.join(' or ')}`, values: ENGINES },
  },
};
