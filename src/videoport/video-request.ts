/**
 * Video requests: how an IOCTL of win32k or a display driver becomes a VRP (METHOD_BUFFERED). One system buffer carries
 * input and output; requests are
 * serialised; only Information bytes come back.
 */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import { ioctlName } from '../ddi/ioctl.ts';
import type { STATUS_BLOCK } from '../ddi/miniport.ts';
import { ERROR_INVALID_FUNCTION, ERROR_NOT_ENOUGH_MEMORY, NO_ERROR, statusName } from '../ddi/status.ts';
import { NULL } from '../ddi/types.ts';
import { port, type VideoDevice } from './port.ts';

/** What the caller of DeviceIoControl sees. */
export interface RequestResult {
  readonly status: number;
  /** The first Information bytes of the buffer. */
  readonly output: Uint8Array<ArrayBuffer>;
}

/**
 * Sends one request to the miniport's HwVidStartIO and waits for it (EngDeviceIoControl).
 * @param input bytes for InputBuffer
 * @param outputLength room in OutputBuffer
 */
export function sendRequest(
  device: VideoDevice,
  ioControlCode: number,
  input: Uint8Array,
  outputLength: number,
): RequestResult {
  const { processor, space, driver } = port;
  const failed = (status: number): RequestResult => ({ status, output: new Uint8Array(0) });
  if (!driver) return failed(ERROR_INVALID_FUNCTION);
  const length = Math.max(input.length, outputLength);
  const region = length > 0 ? space.map('system', length) : null;
  if (length > 0 && !region) return failed(ERROR_NOT_ENOUGH_MEMORY);
  const buffer = region?.base ?? NULL;
  space.bytes.set(input, buffer);
  // As the I/O manager leaves it: the driver must set both members.
  const StatusBlock: STATUS_BLOCK = { Status: ERROR_INVALID_FUNCTION, Information: 0 };
  const packet = {
    IoControlCode: ioControlCode,
    StatusBlock,
    InputBuffer: buffer,
    InputBufferLength: input.length,
    OutputBuffer: buffer,
    OutputBufferLength: outputLength,
  };
  const returned = processor.run('HwVidStartIO', PASSIVE_LEVEL, () =>
    driver.HwStartIO(device.extension as never, packet),
  );
  if (returned !== true) {
    port.observer?.report(
      'callback-contract',
      [ioControlCode, 0, 0, 0],
      `HwVidStartIO returned ${String(returned)} for ${ioctlName(ioControlCode)}; it must return TRUE, and put failures into StatusBlock.Status`,
    );
  }
  const { Status, Information } = StatusBlock;
  let count = 0;
  if (Status === NO_ERROR) {
    count = Math.min(Information, outputLength);
    if (!(Information <= outputLength)) {
      port.observer?.report(
        'callback-contract',
        [ioControlCode, Information, outputLength, 0],
        `HwVidStartIO set Information to ${Information} for ${ioctlName(ioControlCode)}; the output buffer has ${outputLength} bytes`,
      );
    }
  } else port.log('port', 'trace', `${ioctlName(ioControlCode)}: ${statusName(Status)}`);
  const output = space.bytes.slice(buffer, buffer + count);
  if (region) space.unmap(region);
  return { status: Status, output: new Uint8Array(output) };
}
