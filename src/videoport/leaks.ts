/** What the driver still holds when the machine stops, family by family. */
import { reportLeaks as reportCommonBufferLeaks } from './common-buffer.ts';
import { reportOpenDebugReports } from './debug-report.ts';
import { reportHeldDeviceLocks } from './device-lock.ts';
import { reportObsoleteLeaks } from './obsolete-memory.ts';
import { reportPacketDmaLeaks } from './packet-dma.ts';
import { reportPoolLeaks } from './pool.ts';
import { reportSpinLockLeaks } from './spin-lock.ts';

/** Reports all of it to the verifier, as Driver Verifier does when a driver is unloaded. */
export function reportLeaks(): void {
  reportPacketDmaLeaks();
  reportCommonBufferLeaks();
  reportObsoleteLeaks();
  reportPoolLeaks();
  reportSpinLockLeaks();
  reportHeldDeviceLocks();
  reportOpenDebugReports();
}
