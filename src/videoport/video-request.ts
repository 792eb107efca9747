/**
 * Video requests: how an IOCTL of win32k or a display driver becomes a VRP (METHOD_BUFFERED; ddi.md §2.7). One system
 * buffer carries input and output; a device's requests come one at a time; only Information bytes go back.
 */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import { ioctlName } from '../ddi/ioctl.ts';
import type { STATUS_BLOCK, VIDEO_REQUEST_PACKET } from '../ddi/miniport.ts';
import {
  ERROR_INVALID_FUNCTION,
  isNtError,
  NO_ERROR,
  ntStatus,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_NOT_IMPLEMENTED,
  STATUS_PENDING,
  statusName,
} from '../ddi/status.ts';
import { type NTSTATUS, NULL, type VP_STATUS } from '../ddi/types.ts';
import { port, type VideoDevice } from './port.ts';
import { answerByPort } from './port-requests.ts';

/** What DeviceIoControl completes with. */
export interface RequestResult {
  readonly status: NTSTATUS;
  /** The first Information bytes of the system buffer; nothing when the status is an error. */
  readonly output: Uint8Array<ArrayBuffer>;
}

/** The request's STATUS_BLOCK: remembers whether the driver wrote its status at all. */
class Outcome implements STATUS_BLOCK {
  Information = 0;
  statusSet = false;
  // What a driver that says nothing gets: it supports nothing.
  #status: VP_STATUS = ERROR_INVALID_FUNCTION;

  get Status(): VP_STATUS {
    return this.#status;
  }

  set Status(value: VP_STATUS) {
    this.#status = value;
    this.statusSet = true;
  }
}

const failed = (status: NTSTATUS): RequestResult => ({ status, output: new Uint8Array(0) });

/**
 * Sends one request and waits for it. The port answers some itself; all others go to HwVidStartIO. While the device is
 * busy with one, another waits: it is answered with STATUS_PENDING, and `completed` hears of its outcome.
 * @param input bytes for InputBuffer
 * @param outputLength room in OutputBuffer
 */
export function sendRequest(
  device: VideoDevice,
  ioControlCode: number,
  input: Uint8Array,
  outputLength: number,
  completed: (result: RequestResult) => void = () => {},
): RequestResult {
  if (device.requestActive) {
    const copy = input.slice();
    device.waitingRequests.push(() => completed(serve(device, ioControlCode, copy, outputLength)));
    return failed(STATUS_PENDING);
  }
  device.requestActive = true;
  const result = serve(device, ioControlCode, input, outputLength);
  for (let next = device.waitingRequests.shift(); next; next = device.waitingRequests.shift()) next();
  device.requestActive = false;
  return result;
}

function serve(device: VideoDevice, code: number, input: Uint8Array, outputLength: number): RequestResult {
  const answer = answerByPort(device, code, input, outputLength);
  if (answer) return { status: ntStatus(answer.status), output: answer.output };
  if (!port.driver) return failed(STATUS_NOT_IMPLEMENTED);
  const { space, observer } = port;
  const length = Math.max(input.length, outputLength);
  const region = length > 0 ? space.map('system', length) : null;
  if (length > 0 && !region) return failed(STATUS_INSUFFICIENT_RESOURCES);
  const buffer = region?.base ?? NULL;
  space.bytes.set(input, buffer);
  const outcome = new Outcome();
  start(device, {
    IoControlCode: code,
    StatusBlock: outcome,
    InputBuffer: buffer,
    InputBufferLength: input.length,
    OutputBuffer: buffer,
    OutputBufferLength: outputLength,
  });
  const count = judge(code, outcome, outputLength);
  const output = space.bytes.slice(buffer, buffer + count);
  if (region) {
    const damaged = space.damagedPadding(region);
    if (damaged >= 0) {
      observer?.report(
        'callback-contract',
        [code, damaged, buffer, length],
        `HwVidStartIO wrote behind the ${length} bytes of the system buffer of ${ioctlName(code)}, at offset ${damaged - buffer}`,
      );
    }
    unlockRequestBuffer(region.base, region.length);
    space.unmap(region);
  }
  return { status: ntStatus(outcome.Status), output: new Uint8Array(output) };
}

/** A request's buffer is gone when the request is done, so nothing of it may stay locked (VideoPortLockPages). */
function unlockRequestBuffer(base: number, length: number): void {
  const { locked, observer } = port;
  for (let mdl = locked.overlapping(base, length); mdl; mdl = locked.overlapping(base, length)) {
    observer?.report(
      'locked-pages',
      [mdl.base, mdl.length, mdl.frames.length, 0],
      `${mdl.length} bytes of a request's buffer were still locked when the request was done: VideoPortUnlockPages comes first`,
      mdl.site,
    );
    locked.unlock(mdl);
  }
}

/** Calls HwVidStartIO. */
function start(device: VideoDevice, packet: VIDEO_REQUEST_PACKET): void {
  const { processor, driver, observer } = port;
  const returned = processor.run('HwVidStartIO', PASSIVE_LEVEL, () =>
    driver?.HwStartIO(device.extension as never, packet),
  );
  if (returned === true) return;
  observer?.report(
    'callback-contract',
    [packet.IoControlCode, 0, 0, 0],
    `HwVidStartIO returned ${String(returned)} for ${ioctlName(packet.IoControlCode)}; it must return TRUE, and put failures into StatusBlock.Status`,
  );
}

/** Holds what HwVidStartIO left against the rules, and says how many bytes go back. */
function judge(code: number, outcome: Outcome, outputLength: number): number {
  const { Status, Information, statusSet } = outcome;
  const wrong = (sentence: string): void =>
    port.observer?.report(
      'callback-contract',
      [code, Number(Information) || 0, outputLength, Number(Status) || 0],
      `HwVidStartIO ${sentence} for ${ioctlName(code)}`,
    );
  if (!statusSet) wrong('did not set StatusBlock.Status: both Status and Information must be set');
  else if (!Number.isInteger(Status)) wrong(`set StatusBlock.Status to ${String(Status)}, which is no VP_STATUS,`);
  if (!Number.isInteger(Information) || Information < 0) {
    wrong(`set Information to ${String(Information)}, which is no number of bytes,`);
    return 0;
  }
  if (Status === ERROR_INVALID_FUNCTION) {
    if (Information !== 0) wrong(`set Information to ${Information} beside ERROR_INVALID_FUNCTION; it must be 0`);
    return 0;
  }
  if (isNtError(ntStatus(Status))) {
    port.log('port', 'trace', `${ioctlName(code)}: ${statusName(Status)}`);
    return 0;
  }
  if (Status !== NO_ERROR) port.log('port', 'trace', `${ioctlName(code)}: ${statusName(Status)}`);
  if (Information > outputLength) {
    wrong(`set Information to ${Information}, but the output buffer has ${outputLength} bytes,`);
  }
  return Math.min(Information, outputLength);
}
