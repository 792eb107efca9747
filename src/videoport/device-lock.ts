/**
 * The device lock, a mutex that the port keeps for each device: VideoPortAcquireDeviceLock, VideoPortReleaseDeviceLock.
 * Interfaces that a miniport exposes through HwVidQueryInterface take it, since they are called beside the port's own
 * requests.
 */
import { SYSTEM_THREAD_EXCEPTION_NOT_HANDLED } from '../ddi/bug-checks.ts';
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { Site } from '../ddi/observer.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const ACQUIRE = callRule('VideoPortAcquireDeviceLock', PASSIVE_LEVEL);
const RELEASE = callRule('VideoPortReleaseDeviceLock', PASSIVE_LEVEL);

/** What KeReleaseMutex raises when the thread does not own the mutex. */
const STATUS_MUTANT_NOT_OWNED = 0xc000_0046;

/** How often each device's lock is held, and where it was taken first. */
const locks = perPort(() => new Map<VideoDevice, { count: number; readonly site: Site | undefined }>());

/**
 * Takes the device's mutex. Whoever has it may take it again, and must release it as often.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportacquiredevicelock
 */
export function VideoPortAcquireDeviceLock(HwDeviceExtension: HwDeviceExtension): void {
  enter(ACQUIRE, HwDeviceExtension);
  const device = port.device(HwDeviceExtension, ACQUIRE.name);
  const lock = locks().get(device);
  if (lock) lock.count++;
  else locks().set(device, { count: 1, site: port.observer?.site() });
}

/**
 * Releases the device's mutex. Who does not have it gets an exception, which nobody handles.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreleasedevicelock
 */
export function VideoPortReleaseDeviceLock(HwDeviceExtension: HwDeviceExtension): void {
  enter(RELEASE, HwDeviceExtension);
  const device = port.device(HwDeviceExtension, RELEASE.name);
  const lock = locks().get(device);
  if (!lock) {
    port.processor.bugCheck(
      SYSTEM_THREAD_EXCEPTION_NOT_HANDLED,
      [STATUS_MUTANT_NOT_OWNED, 0, 0, 0],
      `${RELEASE.name}: the device lock is not held: STATUS_MUTANT_NOT_OWNED`,
    );
  }
  if (--lock.count === 0) locks().delete(device);
}

/** Says which device locks are still held, for the report at stop. */
export function reportHeldDeviceLocks(): void {
  for (const [device, lock] of locks()) {
    port.observer?.report(
      'lock-held',
      [device.slot, lock.count, 0, 0],
      `the device lock is still held: VideoPortReleaseDeviceLock is missing ${lock.count === 1 ? 'once' : `${lock.count} times`}`,
      lock.site,
    );
  }
}
