/** Debug output and error log: VideoPortDebugPrint, VideoPortLogError. */
import { Info, Trace, Warn } from '../ddi/constants.ts';
import type { HwDeviceExtension, VIDEO_REQUEST_PACKET } from '../ddi/miniport.ts';
import type { NULL, ULONG, VP_STATUS } from '../ddi/types.ts';
import { DIRQL } from '../hal/processor.ts';
import { hex } from '../memory/address-space.ts';
import { isNull, reportArgument, told, toldStatus } from './arguments.ts';
import { cFormat } from './c-format.ts';
import { callRule, enter } from './call-rules.ts';
import { type LogLevel, port } from './port.ts';
import { requireMapped } from './system-memory.ts';

/**
 * Its page says PASSIVE_LEVEL, yet it is DbgPrint behind a level, whose page says any IRQL up to DIRQL, and drivers print
 * in their interrupt routines and DPCs. In HwVidResetHw, at HIGH_LEVEL, nothing is printed any more.
 */
const PRINT = callRule('VideoPortDebugPrint', DIRQL, { fromInterrupt: true, fromReset: false });
const LOG_ERROR = callRule('VideoPortLogError', DIRQL, { fromInterrupt: true, fromReset: false });

/** A line of the log is cut here. */
const LONGEST_LINE = 2000;
/** A string without an end is read no further. */
const LONGEST_STRING = 1024;

/** Reads a zero-terminated string out of memory. */
function readString(address: number, wide: boolean): string {
  let text = '';
  const step = wide ? 2 : 1;
  for (let i = 0; i < LONGEST_STRING; i++) {
    requireMapped(address + i * step, step, PRINT.name, false);
    const { bytes } = port.space;
    const code = (bytes[address + i * step] ?? 0) | (wide ? (bytes[address + i * step + 1] ?? 0) << 8 : 0);
    if (code === 0) return text;
    text += String.fromCharCode(code);
  }
  return `${text}…`;
}

/**
 * Prints to the log, as printf does.
 *
 * @param DebugPrintLevel Error, Warn, Trace or Info
 * @param DebugMessage format: %d %u %x %X %o %c %s %S %ws %p %I64x and so on, with flags, width and precision
 * @param Arguments what the % signs of the message stand for, in order
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportdebugprint
 */
export function VideoPortDebugPrint(
  DebugPrintLevel: number,
  DebugMessage: string,
  ...Arguments: readonly unknown[]
): void {
  enter(PRINT, DebugPrintLevel, DebugMessage, Arguments);
  const level: LogLevel =
    DebugPrintLevel === Warn
      ? 'warn'
      : DebugPrintLevel === Trace
        ? 'trace'
        : DebugPrintLevel === Info
          ? 'info'
          : 'error';
  const text = cFormat(String(DebugMessage), Arguments, readString).replace(/\r?\n$/, '');
  for (const line of text.split(/\r?\n/)) port.log('driver', level, line.slice(0, LONGEST_LINE));
}

/**
 * Puts an entry into the event log. Allowed in HwVidInterrupt and in synchronisation callbacks.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Vrp the request that failed, or NULL
 * @param ErrorCode what went wrong
 * @param UniqueId the driver's own number for this place in its code
 * @irql the device’s (DIRQL) or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportlogerror
 */
export function VideoPortLogError(
  HwDeviceExtension: HwDeviceExtension,
  Vrp: VIDEO_REQUEST_PACKET | typeof NULL | null,
  ErrorCode: VP_STATUS,
  UniqueId: ULONG,
): void {
  enter(LOG_ERROR, HwDeviceExtension, Vrp, ErrorCode, UniqueId);
  port.device(HwDeviceExtension, LOG_ERROR.name);
  const code = isNull(Vrp) ? undefined : (Vrp as Partial<VIDEO_REQUEST_PACKET>).IoControlCode;
  if (!isNull(Vrp) && !Number.isInteger(code)) reportArgument(LOG_ERROR.name, 'Vrp', Vrp, 'a request packet, or NULL');
  const request = Number.isInteger(code) ? `, request ${hex(code as number)}` : '';
  port.log('driver', 'error', `event log: ${toldStatus(ErrorCode)}, id ${told(UniqueId)}${request}`);
}
