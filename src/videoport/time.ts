/** Time: VideoPortQuerySystemTime, VideoPortQueryPerformanceCounter. */
import { HIGH_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { LARGE_INTEGER, NULL, Out } from '../ddi/types.ts';
import { PERFORMANCE_FREQUENCY, performanceCounter, systemTime } from '../hal/clock.ts';
import { checkOut, optionalOut } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const SYSTEM_TIME = callRule('VideoPortQuerySystemTime', HIGH_LEVEL);
const COUNTER = callRule('VideoPortQueryPerformanceCounter', HIGH_LEVEL);

/**
 * The time of day.
 *
 * @param CurrentTime out: 100 ns ticks since 1601-01-01 UTC
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportquerysystemtime
 */
export function VideoPortQuerySystemTime(CurrentTime: Out<LARGE_INTEGER>): void {
  enter(SYSTEM_TIME, CurrentTime);
  if (checkOut<LARGE_INTEGER>(CurrentTime, SYSTEM_TIME.name, 'CurrentTime')) CurrentTime.value = systemTime();
}

/**
 * A counter for measuring.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param PerformanceFrequency out, or NULL: ticks a second
 * @returns ticks
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportqueryperformancecounter
 */
export function VideoPortQueryPerformanceCounter(
  HwDeviceExtension: HwDeviceExtension,
  PerformanceFrequency: Out<LARGE_INTEGER> | typeof NULL | null,
): LARGE_INTEGER {
  enter(COUNTER, HwDeviceExtension, PerformanceFrequency);
  port.device(HwDeviceExtension, COUNTER.name);
  const frequency = optionalOut<LARGE_INTEGER>(PerformanceFrequency, COUNTER.name, 'PerformanceFrequency');
  if (frequency) frequency.value = PERFORMANCE_FREQUENCY;
  return performanceCounter();
}
