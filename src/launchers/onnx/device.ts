import { DatumError, option } from '../../errors.js';

/**
 * Refuses a device that this build of the runtime does not offer, and says which it does.
 *
 * @param advice what else the user can do, a sentence.
 * @throws DatumError (`model`)
 */
export async function checkDevice(device: string, advice?: string): Promise<void> {
  if (device === 'cpu') return;
  const { listSupportedBackends } = await import('onnxruntime-node');
  const backends = listSupportedBackends();
  const backend = backends.find(({ name }) => name === device);
  if (backend?.bundled === true) return;
  const offered = backends.filter(({ bundled }) => bundled).map(({ name }) => name);
  const why =
    backend === undefined
      ? 'ONNX Runtime for Node has no such device'
      : 'its libraries are not part of the installed onnxruntime-node package';
  const here = `Here there are ${offered.join(', ')}.`;
  throw new DatumError(
    'model',
    `${option('device', device)} cannot be used: ${why}. ${here}${advice === undefined ? '' : ` ${advice}`}`,
  );
}
