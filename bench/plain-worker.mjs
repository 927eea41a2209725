/** One session with one thread that runs the model on the same input again and again: the machine's limit. */
import { parentPort, workerData } from 'node:worker_threads';
import ort from 'onnxruntime-node';

const { path, input, shape } = workerData;
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
});
const feeds = {
  [input]: new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), shape),
};
await session.run(feeds);
parentPort.postMessage('ready');
parentPort.on('message', async (runs) => {
  for (let i = 0; i < runs; i++) await session.run(feeds);
  parentPort.postMessage('done');
});
