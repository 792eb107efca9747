/**
 * Packet DMA as a miniport sees it (video.h). The list that HwVidExecuteDma gets is a plain object, as every structure
 * that is handed over in a call: `list.Elements[i]` stands for the array that follows the structure in C. It is the
 * port's, and means nothing after VideoPortCompleteDma.
 */
import type { PHYSICAL_ADDRESS, PVP_DMA_ADAPTER, ULONG } from './types.ts';

/** A range of logical addresses in a row (VP_SCATTER_GATHER_ELEMENT). */
export interface VP_SCATTER_GATHER_ELEMENT {
  /** Where the device finds the range. */
  readonly Address: PHYSICAL_ADDRESS;
  /** Bytes. */
  readonly Length: ULONG;
  readonly Reserved: ULONG;
}

/** What one call of VideoPortStartDma mapped, in the order of the buffer (VP_SCATTER_GATHER_LIST). */
export interface VP_SCATTER_GATHER_LIST {
  readonly NumberOfElements: ULONG;
  readonly Reserved: ULONG;
  readonly Elements: readonly VP_SCATTER_GATHER_ELEMENT[];
}

/** Programs the device from a list, at DISPATCH_LEVEL (HwVidExecuteDma). */
export type PEXECUTE_DMA = (
  HwDeviceExtension: never,
  VpDmaAdapter: PVP_DMA_ADAPTER,
  SGList: VP_SCATTER_GATHER_LIST,
  Context: never,
) => void;
