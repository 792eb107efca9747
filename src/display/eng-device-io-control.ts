/** How a display driver speaks to its miniport: EngDeviceIoControl, and structures as bytes. */
import { ioctlName } from '../ddi/ioctl.ts';
import type { Layout, Members, Structure } from '../ddi/layout.ts';
import { ERROR_INVALID_FUNCTION, ERROR_MORE_DATA, NO_ERROR, statusName, win32Error } from '../ddi/status.ts';
import type { VideoDevice } from '../videoport/port.ts';
import { sendRequest } from '../videoport/video-request.ts';

/** Thrown when the miniport does not do what a display driver needs. */
export class DisplayError extends Error {
  override readonly name = 'DisplayError';
}

/** What EngDeviceIoControl answers: a Win32 error (or an NTSTATUS that has none), and the bytes that came back. */
export interface ControlResult {
  readonly error: number;
  readonly output: DataView<ArrayBuffer>;
}

/** A request without input. */
export const NOTHING = new Uint8Array(0);

/** A structure as bytes; members left out are 0. */
export function bytes<M extends Members>(
  layout: Layout<M>,
  value: Partial<Structure<M>>,
  length = layout.size,
): Uint8Array {
  const buffer = new ArrayBuffer(Math.max(length, layout.size));
  layout.writeTo(new DataView(buffer), 0, value);
  return new Uint8Array(buffer, 0, length);
}

/** Sends a request as EngDeviceIoControl does: the port's NTSTATUS becomes a Win32 error again. */
export function engDeviceIoControl(
  device: VideoDevice,
  code: number,
  input: Uint8Array,
  outputLength: number,
): ControlResult {
  const { status, output } = sendRequest(device, code, input, outputLength);
  return { error: win32Error(status), output: new DataView(output.buffer, output.byteOffset, output.byteLength) };
}

/** Sends a request that must succeed and return at least `least` bytes; throws {@link DisplayError} otherwise. */
export function request(
  device: VideoDevice,
  code: number,
  input: Uint8Array,
  outputLength: number,
  least: number,
): DataView {
  const { error, output } = engDeviceIoControl(device, code, input, outputLength);
  if (error !== NO_ERROR) throw new DisplayError(`${ioctlName(code)} failed: ${statusName(error)}`);
  if (output.byteLength < least) {
    throw new DisplayError(
      `${ioctlName(code)} returned ${output.byteLength} bytes where ${least} were expected: was Information set?`,
    );
  }
  return output;
}

/**
 * Sends a request that a miniport need not support. Returns its output, or null when the miniport refused, whatever the
 * error: the display driver goes on without. Throws {@link DisplayError} only when success brought too few bytes.
 */
export function optionalRequest(
  device: VideoDevice,
  code: number,
  input: Uint8Array,
  outputLength: number,
  least: number,
): DataView | null {
  const { error, output } = engDeviceIoControl(device, code, input, outputLength);
  if (error === ERROR_INVALID_FUNCTION || (error !== NO_ERROR && error !== ERROR_MORE_DATA)) return null;
  if (output.byteLength < least) {
    throw new DisplayError(
      `${ioctlName(code)} returned ${output.byteLength} bytes where ${least} were expected: was Information set?`,
    );
  }
  return output;
}
