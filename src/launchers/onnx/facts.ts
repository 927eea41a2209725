import type { LauncherFacts } from '../types.js';

export const onnxFacts: LauncherFacts = {
  name: 'onnx',
  title: 'ONNX models, with ONNX Runtime',
  extensions: { '.onnx': null },
  options: {},
};
