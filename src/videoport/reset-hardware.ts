/**
 * HwVidResetHw: back to a state from which the HAL can show text, at a bug check, a reboot or a recovery from a stuck
 * driver (ddi.md §4, row 19). The system is no longer whole: only registers may be touched.
 */
import { HIGH_LEVEL } from '../ddi/constants.ts';
import { port, type VideoDevice } from './port.ts';

/** Columns and rows of the text mode in which a blue screen is written. */
const COLUMNS = 80;
const ROWS = 50;

/**
 * Calls HwVidResetHw at HIGH_LEVEL for a device that was opened. Says in the log when the driver leaves the mode to the
 * HAL, which sets mode 3 by INT 10h then.
 */
export function resetHardware(device: VideoDevice): void {
  const { processor, driver, log } = port;
  const { HwResetHw } = driver ?? {};
  if (!HwResetHw || !device.opened) return;
  const done = processor.run('HwVidResetHw', HIGH_LEVEL, () => HwResetHw(device.extension as never, COLUMNS, ROWS));
  if (done !== true) log('port', 'trace', `HwVidResetHw returned ${String(done)}: the HAL sets the text mode`);
}

/**
 * Does that for all devices after a bug check. Whatever goes wrong in it changes nothing any more: the machine is down,
 * and the bug check that is shown is the first one. So errors end here, the way out of a second bug check among them.
 */
export function resetAfterBugCheck(): void {
  const { processor } = port;
  // What was running is not coming back: the HAL calls HwVidResetHw, not the callback that crashed.
  processor.context = 0;
  processor.callback = null;
  for (const device of port.devices) {
    try {
      resetHardware(device);
    } catch (error) {
      port.log('port', 'error', `HwVidResetHw failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
