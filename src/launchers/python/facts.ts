import type { LauncherFacts } from '../types.js';

export const pythonFacts: LauncherFacts = {
  name: 'python',
  title: 'models in Python: PyTorch, Keras, TFLite, functions',
  extensions: {
    '.py': 'a model in Python',
    '.pt': 'TorchScript',
    '.ts': 'TorchScript',
    '.torchscript': 'TorchScript',
    '.pth': null,
    '.tflite': 'TFLite',
    '.keras': 'Keras',
  },
  folders: ['saved_model.pb'],
  options: {
    python: { title: 'what runs it (default: the active virtual environment, else python3)' },
    size: { title: 'width and height in pixels that images are scaled to' },
    arg: { title: 'arguments of load(), name=value' },
    timeout: { title: 'seconds that it may take for an answer (default: 120)' },
  },
};
