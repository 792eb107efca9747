/** Synchronisation and IRQL: VideoPortSynchronizeExecution, VideoPortGetCurrentIrql, VideoPortStallExecution. */
import { DISPATCH_LEVEL, HIGH_LEVEL, VpHighPriority, VpLowPriority, VpMediumPriority } from '../ddi/constants.ts';
import type { HwDeviceExtension, PMINIPORT_SYNCHRONIZE_ROUTINE } from '../ddi/miniport.ts';
import type { BOOLEAN, UCHAR, ULONG } from '../ddi/types.ts';
import { milliseconds } from '../hal/clock.ts';
import { contextBit, DIRQL } from '../hal/processor.ts';
import { checkCallback, checkUlong, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const SYNCHRONIZE = callRule('VideoPortSynchronizeExecution', DIRQL);
const GET_IRQL = callRule('VideoPortGetCurrentIrql', HIGH_LEVEL);
const STALL = callRule('VideoPortStallExecution', HIGH_LEVEL, { fromInterrupt: true });

/** Longest stall outside initialisation, in microseconds. */
const LONGEST_STALL = 50;
/**
 * Above this the thread sleeps between looks at the clock rather than spin: Atomics.wait takes about 90 µs whatever it
 * is asked.
 */
const SLEEP_ABOVE_MS = 1;

/**
 * Runs a routine that HwVidInterrupt cannot interrupt.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Priority VpLowPriority: at DISPATCH_LEVEL, only interrupts come between; VpMediumPriority and VpHighPriority:
 *   at the interrupt's IRQL, nothing does (without an interrupt: as VpLowPriority)
 * @param SynchronizeRoutine what is to run
 * @param Context handed to the callback
 * @returns what the routine returned
 * @irql the device’s (DIRQL) or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsynchronizeexecution
 */
export function VideoPortSynchronizeExecution<T>(
  HwDeviceExtension: HwDeviceExtension,
  Priority: number,
  SynchronizeRoutine: (Context: T) => ReturnType<PMINIPORT_SYNCHRONIZE_ROUTINE>,
  Context: T,
): BOOLEAN {
  enter(SYNCHRONIZE, HwDeviceExtension, Priority, SynchronizeRoutine, Context);
  const device = port.device(HwDeviceExtension, SYNCHRONIZE.name);
  if (Priority !== VpLowPriority && Priority !== VpMediumPriority && Priority !== VpHighPriority) {
    port.observer?.report(
      'bad-argument',
      [Number(Priority), 0, 0, 0],
      `${SYNCHRONIZE.name}: Priority is ${told(Priority)}; it must be VpLowPriority, VpMediumPriority or VpHighPriority`,
    );
    return false;
  }
  if (!checkCallback(SynchronizeRoutine, SYNCHRONIZE.name, 'SynchronizeRoutine')) return false;
  const { processor } = port;
  const wanted = Priority !== VpLowPriority && device.interrupt ? device.interrupt.irql : DISPATCH_LEVEL;
  return processor.run('HwVidSynchronizeExecutionCallback', Math.max(processor.irql, wanted), () =>
    SynchronizeRoutine(Context),
  );
}

/**
 * The current IRQL.
 *
 * @returns from PASSIVE_LEVEL, 0, to HIGH_LEVEL
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetcurrentirql
 */
export function VideoPortGetCurrentIrql(): UCHAR {
  enter(GET_IRQL);
  return port.processor.irql;
}

/**
 * Waits without giving the processor away. Interrupts are served meanwhile if the IRQL allows. At most 50 µs except
 * during initialisation.
 *
 * @param Microseconds how long
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportstallexecution
 */
export function VideoPortStallExecution(Microseconds: ULONG): void {
  enter(STALL, Microseconds);
  if (!checkUlong(Microseconds, STALL.name, 'Microseconds', 'a whole number of microseconds')) return;
  const { processor, observer } = port;
  const starting = contextBit('DriverEntry') | contextBit('HwVidFindAdapter') | contextBit('HwVidInitialize');
  if (Microseconds > LONGEST_STALL && (processor.context & starting) === 0) {
    observer?.report(
      'bad-argument',
      [Microseconds, LONGEST_STALL, 0, 0],
      `${STALL.name}: ${Microseconds} µs; outside initialisation at most ${LONGEST_STALL} µs are allowed`,
    );
  }
  const end = milliseconds() + Microseconds / 1000;
  for (let left = end - milliseconds(); left > 0; left = end - milliseconds()) {
    if (left > SLEEP_ABOVE_MS) processor.waitForAttention(left - SLEEP_ABOVE_MS / 2, false);
    processor.safepoint();
  }
}
