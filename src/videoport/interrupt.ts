/** Interrupts and deferred work: VideoPortEnableInterrupt, VideoPortDisableInterrupt, VideoPortQueueDpc. */
import { ATTENTION_INTERRUPT, signalProcessor } from '../bus/board-memory.ts';
import { DISPATCH_LEVEL, HIGH_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension, PMINIPORT_DPC_ROUTINE } from '../ddi/miniport.ts';
import { ERROR_INVALID_FUNCTION, NO_ERROR } from '../ddi/status.ts';
import type { BOOLEAN, VP_STATUS } from '../ddi/types.ts';
import { checkCallback } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const ENABLE = callRule('VideoPortEnableInterrupt', HIGH_LEVEL, { fromInterrupt: true, fromReset: false });
const DISABLE = callRule('VideoPortDisableInterrupt', HIGH_LEVEL, { fromInterrupt: true, fromReset: false });
const QUEUE = callRule('VideoPortQueueDpc', HIGH_LEVEL, {
  fromInterrupt: true,
  fromReset: false,
  minIrql: DISPATCH_LEVEL,
});

/** DPCs in a row, each queued by the one before it, after which the port gives up on them. */
const ENDLESS_DPCS = 10_000;

/**
 * Unmasks the device's interrupt. Obsolete.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @returns NO_ERROR, or ERROR_INVALID_FUNCTION when no interrupt is connected
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportenableinterrupt
 */
export function VideoPortEnableInterrupt(HwDeviceExtension: HwDeviceExtension): VP_STATUS {
  enter(ENABLE, HwDeviceExtension);
  const { interrupt } = port.device(HwDeviceExtension, ENABLE.name);
  if (!interrupt) return ERROR_INVALID_FUNCTION;
  interrupt.masked = false;
  // What arrived while it was masked is still on the line.
  signalProcessor(port.processor.control, ATTENTION_INTERRUPT);
  return NO_ERROR;
}

/**
 * Masks the device's interrupt. Obsolete.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @returns NO_ERROR, or ERROR_INVALID_FUNCTION when no interrupt is connected
 * @irql any
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportdisableinterrupt
 */
export function VideoPortDisableInterrupt(HwDeviceExtension: HwDeviceExtension): VP_STATUS {
  enter(DISABLE, HwDeviceExtension);
  const { interrupt } = port.device(HwDeviceExtension, DISABLE.name);
  if (!interrupt) return ERROR_INVALID_FUNCTION;
  interrupt.masked = true;
  return NO_ERROR;
}

/**
 * Queues `CallbackRoutine(HwDeviceExtension, Context)` to run at DISPATCH_LEVEL as soon as the IRQL drops: the way from
 * HwVidInterrupt to everything that an interrupt routine may not do itself.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param CallbackRoutine what is to run
 * @param Context handed to it
 * @returns TRUE; FALSE when the device's DPC is queued already: there is one a device, and this call's routine and
 *   context are lost; FALSE too for a CallbackRoutine that is none, and for one that queues itself without end
 * @irql DISPATCH_LEVEL or higher
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportqueuedpc
 */
export function VideoPortQueueDpc(
  HwDeviceExtension: HwDeviceExtension,
  CallbackRoutine: PMINIPORT_DPC_ROUTINE,
  Context: unknown,
): BOOLEAN {
  enter(QUEUE, HwDeviceExtension, CallbackRoutine, Context);
  const device = port.device(HwDeviceExtension, QUEUE.name);
  if (!checkCallback(CallbackRoutine, QUEUE.name, 'CallbackRoutine') || device.dpcQueued) return false;
  const { processor } = port;
  if (processor.callback === 'HwVidDpcRoutine' && processor.dpcsInRow > ENDLESS_DPCS) {
    port.observer?.report(
      'callback-contract',
      [processor.dpcsInRow, 0, 0, 0],
      `${QUEUE.name}: HwVidDpcRoutine has queued itself ${ENDLESS_DPCS} times in a row, and nothing below DISPATCH_LEVEL has run meanwhile. It is not queued again from there.`,
    );
    return false;
  }
  device.dpcQueued = true;
  processor.queueDpc(() => {
    device.dpcQueued = false;
    processor.run('HwVidDpcRoutine', DISPATCH_LEVEL, () => CallbackRoutine(device.extension as never, Context));
  });
  return true;
}
