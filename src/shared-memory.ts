/**
 * Memory for arrays that worker threads read: shared where the platform has shared memory. A page has it only when it is
 * isolated from other origins; without, it has no worker threads of ours either, and plain memory does.
 */
export function sharedMemory(bytes: number): ArrayBuffer | SharedArrayBuffer {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}
