/** What the driver still holds when the machine stops, family by family. */
import { reportLeaks as reportCommonBufferLeaks } from './common-buffer.ts';
import { reportOpenDebugReports } from './debug-report.ts';
import { reportHeldDeviceLocks } from './device-lock.ts';
import { reportEventLeaks } from './event.ts';
import { reportObsoleteLeaks } from './obsolete-memory.ts';
import { reportPacketDmaLeaks } from './packet-dma.ts';
import { reportPoolLeaks } from './pool.ts';
import { reportSpinLockLeaks } from './spin-lock.ts';

/**
 * Reports all of it to the verifier, as Driver Verifier does when a driver is unloaded. Mapped device memory
 * (VideoPortMapMemory, VideoPortGetDeviceBase) is not in it: it takes nothing from the system but addresses, and no page
 * asks a miniport, which is never unloaded, to unmap its registers before the power goes.
 */
export function reportLeaks(): void {
  reportPacketDmaLeaks();
  reportCommonBufferLeaks();
  reportObsoleteLeaks();
  reportPoolLeaks();
  reportSpinLockLeaks();
  reportEventLeaks();
  reportHeldDeviceLocks();
  reportOpenDebugReports();
}
