/** What a driver adds to the dump of a crash: VideoPortRegisterBugcheckCallback. */
import { THREAD_STUCK_IN_DEVICE_DRIVER } from '../ddi/bug-checks.ts';
import { BUGCHECK_DATA_SIZE_RESERVED, HIGH_LEVEL, PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import type { NULL, PVOID, ULONG, VP_STATUS } from '../ddi/types.ts';
import type { Region } from '../memory/address-space.ts';
import { checkCallback, isNull } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const REGISTER = callRule('VideoPortRegisterBugcheckCallback', PASSIVE_LEVEL);

/** Most bytes, BUGCHECK_DATA_SIZE_RESERVED included. */
const LARGEST = 4000;

/** Writes what the driver has to say into Buffer (HwVidBugcheckCallback), at raised IRQL: nothing paged, no locks. */
export type PVIDEO_BUGCHECK_CALLBACK = (
  HwDeviceExtension: never,
  BugcheckCode: ULONG,
  Buffer: PVOID,
  BufferSize: ULONG,
) => void;

interface Registration {
  readonly callback: PVIDEO_BUGCHECK_CALLBACK;
  /** Allocated when it is registered: in a crash there is no allocating. */
  readonly region: Region;
}

const registrations = perPort(() => new Map<VideoDevice, Registration>());

/**
 * Registers a callback for the crash of a driver that hangs, in place of the one before.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param BugcheckCode 0xEA, THREAD_STUCK_IN_DEVICE_DRIVER: no other can be hooked
 * @param Callback NULL unhooks
 * @param BugcheckDataSize bytes that the callback will write, and BUGCHECK_DATA_SIZE_RESERVED more: 4000 at most; 0
 *   unhooks
 * @returns NO_ERROR, ERROR_INVALID_PARAMETER or ERROR_NOT_ENOUGH_MEMORY
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportregisterbugcheckcallback
 */
export function VideoPortRegisterBugcheckCallback(
  HwDeviceExtension: HwDeviceExtension,
  BugcheckCode: ULONG,
  Callback: PVIDEO_BUGCHECK_CALLBACK | typeof NULL | null,
  BugcheckDataSize: ULONG,
): VP_STATUS {
  enter(REGISTER, HwDeviceExtension, BugcheckCode, Callback, BugcheckDataSize);
  const device = port.device(HwDeviceExtension, REGISTER.name);
  if (BugcheckCode !== THREAD_STUCK_IN_DEVICE_DRIVER || !(BugcheckDataSize <= LARGEST)) return ERROR_INVALID_PARAMETER;
  if (!isNull(Callback) && !checkCallback(Callback, REGISTER.name, 'Callback')) return ERROR_INVALID_PARAMETER;
  const old = registrations().get(device);
  const unhook = !Callback || BugcheckDataSize === 0;
  const bytes = BugcheckDataSize - BUGCHECK_DATA_SIZE_RESERVED;
  if (!unhook && bytes <= 0) return ERROR_INVALID_PARAMETER;
  const region = unhook ? null : port.space.map('system', bytes);
  if (!unhook && !region) return ERROR_NOT_ENOUGH_MEMORY;
  if (old) port.space.unmap(old.region);
  registrations().delete(device);
  if (Callback && region) {
    port.space.bytes.fill(0, region.base, region.base + bytes);
    registrations().set(device, { callback: Callback, region });
  }
  return NO_ERROR;
}

/**
 * Calls the callbacks that are registered for a crash, each once, and gives what they wrote. What goes wrong in one is
 * lost with it: the crash that is under way is the one that is told.
 */
export function collectBugCheckData(code: number): Uint8Array[] {
  if (code !== THREAD_STUCK_IN_DEVICE_DRIVER) return [];
  const data: Uint8Array[] = [];
  for (const [device, { callback, region }] of registrations()) {
    registrations().delete(device);
    try {
      port.processor.run('HwVidBugcheckCallback', HIGH_LEVEL, () =>
        callback(device.extension as never, code, region.base, region.length),
      );
      data.push(port.space.bytes.slice(region.base, region.base + region.length));
      port.log('port', 'info', `HwVidBugcheckCallback added ${region.length} bytes to the dump`);
    } catch (error) {
      port.log(
        'port',
        'error',
        `HwVidBugcheckCallback failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return data;
}
