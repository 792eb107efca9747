/**
 * Counts what the board holds of the GPU, on the real device objects: bytes of living buffers, and devices. It is how
 * one sees that a thousand boots leave nothing behind.
 */

/** What is held now. */
export interface GpuHoldings {
  /** Bytes of buffers that were created and not destroyed, on devices that are not lost. */
  readonly bufferBytes: number;
  readonly buffers: number;
  readonly devices: number;
}

/** Living buffers by device. A buffer dies when it is destroyed, or with its device. */
const living = new Map<GPUDevice, Map<GPUBuffer, number>>();

/** Begins counting. Call it once, before the first device is requested. */
export function keepLedger(): void {
  if (typeof GPUAdapter === 'undefined') return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await requestDevice.call(this, descriptor);
    living.set(device, new Map());
    void device.lost.then(() => living.delete(device));
    return device;
  };
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor: GPUBufferDescriptor) {
    const buffer = createBuffer.call(this, descriptor);
    living.get(this)?.set(buffer, descriptor.size);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
    for (const buffers of living.values()) buffers.delete(this);
    return destroy.call(this);
  };
}

/** The figures now. */
export function gpuHoldings(): GpuHoldings {
  const buffers = [...living.values()].flatMap((sizes) => [...sizes.values()]);
  return { bufferBytes: buffers.reduce((sum, size) => sum + size, 0), buffers: buffers.length, devices: living.size };
}
