/** The module `videoport` that miniports import: the DDK's names and nothing else. */
export * from '../ddi/constants.ts';
export type * from '../ddi/dma.ts';
export * from '../ddi/ioctl.ts';
export type * from '../ddi/miniport.ts';
export * from '../ddi/services.ts';
export {
  ERROR_BUSY,
  ERROR_CONTINUE,
  ERROR_DEV_NOT_EXIST,
  ERROR_DEVICE_REINITIALIZATION_NEEDED,
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_FUNCTION,
  ERROR_INVALID_NAME,
  ERROR_INVALID_PARAMETER,
  ERROR_IO_PENDING,
  ERROR_MORE_DATA,
  ERROR_NO_MORE_DEVICES,
  ERROR_NOT_ENOUGH_MEMORY,
  NO_ERROR,
  STATUS_BUFFER_OVERFLOW,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_DEVICE_DOES_NOT_EXIST,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_NOT_IMPLEMENTED,
  STATUS_PENDING,
  STATUS_REVISION_MISMATCH,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
  VIDEO_ENUM_INVALID_DEVICE,
  VIDEO_ENUM_MORE_DEVICES,
  VIDEO_ENUM_NO_MORE_DEVICES,
  WAIT_TIMEOUT,
} from '../ddi/status.ts';
export * from '../ddi/types.ts';
export { VideoPortGetAccessRanges, VideoPortVerifyAccessRanges } from './access-ranges.ts';
export { VideoPortGetAgpServices } from './agp.ts';
export {
  type PBANKED_SECTION_ROUTINE,
  VideoPortMapBankedMemory,
  VideoPortSetTrappedEmulatorPorts,
} from './banked-memory.ts';
export { type PVIDEO_BUGCHECK_CALLBACK, VideoPortRegisterBugcheckCallback } from './bug-check-callback.ts';
export {
  VideoPortCheckForDeviceExistance,
  VideoPortCheckForDeviceExistence,
  VideoPortGetBusData,
  VideoPortGetVgaStatus,
  VideoPortSetBusData,
} from './bus-data.ts';
export {
  VideoPortEnumerateChildren,
  VideoPortGetAssociatedDeviceExtension,
  VideoPortGetAssociatedDeviceID,
} from './children.ts';
export {
  VideoPortAllocateCommonBuffer,
  VideoPortGetDmaAdapter,
  VideoPortPutDmaAdapter,
  VideoPortReleaseCommonBuffer,
} from './common-buffer.ts';
export { VideoPortDDCMonitorHelper } from './ddc.ts';
export { VideoPortDebugPrint, VideoPortLogError } from './debug.ts';
export {
  VideoPortDbgReportComplete,
  VideoPortDbgReportCreate,
  VideoPortDbgReportSecondaryData,
} from './debug-report.ts';
export { type PMINIPORT_QUERY_DEVICE_ROUTINE, VideoPortGetDeviceData, VideoPortIsNoVesa } from './device-data.ts';
export { VideoPortAcquireDeviceLock, VideoPortReleaseDeviceLock } from './device-lock.ts';
export {
  VideoPortFreeDeviceBase,
  VideoPortGetDeviceBase,
  VideoPortMapMemory,
  VideoPortUnmapMemory,
} from './device-memory.ts';
export {
  VideoPortClearEvent,
  VideoPortCreateEvent,
  VideoPortDeleteEvent,
  VideoPortReadStateEvent,
  VideoPortSetEvent,
  VideoPortWaitForSingleObject,
} from './event.ts';
export {
  SIZE_OF_VPOSVERSIONINFO,
  VideoPortGetVersion,
  VideoPortInitialize,
  type VPOSVERSIONINFO,
} from './initialize.ts';
export { VideoPortInt10 } from './int10.ts';
export { VideoPortDisableInterrupt, VideoPortEnableInterrupt, VideoPortQueueDpc } from './interrupt.ts';
export {
  VideoPortAssociateEventsWithDmaHandle,
  VideoPortDoDma,
  VideoPortGetBytesUsed,
  VideoPortGetDmaContext,
  VideoPortGetMdl,
  VideoPortLockPages,
  VideoPortMapDmaMemory,
  VideoPortSetBytesUsed,
  VideoPortSetDmaContext,
  VideoPortSignalDmaComplete,
  VideoPortUnlockPages,
  VideoPortUnmapDmaMemory,
} from './legacy-dma.ts';
export {
  VideoPortCompareMemory,
  VideoPortInterlockedDecrement,
  VideoPortInterlockedExchange,
  VideoPortInterlockedIncrement,
  VideoPortMoveMemory,
  VideoPortZeroDeviceMemory,
  VideoPortZeroMemory,
} from './memory-helpers.ts';
export {
  VideoPortAllocateContiguousMemory,
  VideoPortFreeCommonBuffer,
  VideoPortGetCommonBuffer,
} from './obsolete-memory.ts';
export {
  VideoPortCompleteDma,
  VideoPortLockBuffer,
  VideoPortStartDma,
  VideoPortUnlockBuffer,
} from './packet-dma.ts';
export {
  VideoPortAllocateBuffer,
  VideoPortAllocatePool,
  VideoPortFreePool,
  VideoPortReleaseBuffer,
} from './pool.ts';
export * from './ports.ts';
export * from './registers.ts';
export {
  type PMINIPORT_GET_REGISTRY_ROUTINE,
  VideoPortFlushRegistry,
  VideoPortGetRegistryParameters,
  VideoPortSetRegistryParameters,
} from './registry.ts';
export { VideoPortGetRomImage, VideoPortScanRom } from './rom.ts';
export { VideoPortCreateSecondaryDisplay } from './secondary-display.ts';
export { VideoPortQueryServices } from './services.ts';
export {
  VideoPortAcquireSpinLock,
  VideoPortAcquireSpinLockAtDpcLevel,
  VideoPortCreateSpinLock,
  VideoPortDeleteSpinLock,
  VideoPortReleaseSpinLock,
  VideoPortReleaseSpinLockFromDpcLevel,
} from './spin-lock.ts';
export * from './structures.ts';
export { VideoPortGetCurrentIrql, VideoPortStallExecution, VideoPortSynchronizeExecution } from './synchronize.ts';
export { type MemoryStructure, mem } from './system-memory.ts';
export { VideoPortQueryPerformanceCounter, VideoPortQuerySystemTime } from './time.ts';
export { VideoPortStartTimer, VideoPortStopTimer } from './timer.ts';
