/** The one-second timer: VideoPortStartTimer, VideoPortStopTimer. */
import { DISPATCH_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const START = callRule('VideoPortStartTimer', DISPATCH_LEVEL);
const STOP = callRule('VideoPortStopTimer', DISPATCH_LEVEL, { notIn: ['HwVidTimer'] });

function setTimer(extension: HwDeviceExtension, enabled: boolean, caller: string): void {
  const device = port.device(extension, caller);
  if (!port.driver?.HwTimer) {
    port.observer?.report('bad-argument', [0, 0, 0, 0], `${caller}: the driver gave no HwTimer to VideoPortInitialize`);
    return;
  }
  device.timerEnabled = enabled;
}

/**
 * Starts the calls of HwVidTimer, about once a second at DISPATCH_LEVEL.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportstarttimer
 */
export function VideoPortStartTimer(HwDeviceExtension: HwDeviceExtension): void {
  enter(START, HwDeviceExtension);
  setTimer(HwDeviceExtension, true, START.name);
}

/**
 * Stops them. May not be called from HwVidTimer itself.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportstoptimer
 */
export function VideoPortStopTimer(HwDeviceExtension: HwDeviceExtension): void {
  enter(STOP, HwDeviceExtension);
  setTimer(HwDeviceExtension, false, STOP.name);
}

/** A second has passed: queues HwVidTimer for every device that started its timer. */
export function timerTick(): void {
  const { HwTimer } = port.driver ?? {};
  if (!HwTimer) return;
  for (const device of port.devices) {
    if (!device.timerEnabled) continue;
    port.processor.queueDpc(() =>
      port.processor.run('HwVidTimer', DISPATCH_LEVEL, () => HwTimer(device.extension as never)),
    );
  }
}
