import type { LauncherEntry } from '../types.js';

export const onnxEntry: LauncherEntry = {
  name: 'onnx',
  title: 'ONNX models, with ONNX Runtime',
  extensions: { '.onnx': null },
  options: {},
  load: async () => (await import('./index.js')).onnxLauncher,
};
