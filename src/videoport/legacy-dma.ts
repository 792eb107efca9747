/**
 * The DMA functions of Windows NT 4, around a handle (PDMA). Since Windows 2000 one of the twelve does something:
 * VideoPortLockPages with VideoPortDmaInitOnly. The others answer what their pages say they always answer. A device
 * that wants packet DMA uses VideoPortLockBuffer and VideoPortStartDma.
 */
import { HIGH_LEVEL, PASSIVE_LEVEL, VideoPortDmaInitOnly, VpModifyAccess } from '../ddi/constants.ts';
import type { HwDeviceExtension, VIDEO_REQUEST_PACKET } from '../ddi/miniport.ts';
import type { BOOLEAN, HANDLE, Out, PDMA, PEVENT, PHYSICAL_ADDRESS, PVOID, ULONG } from '../ddi/types.ts';
import { NULL, PAGE_SIZE } from '../ddi/types.ts';
import { checkStructure } from './arguments.ts';
import { type CallRule, callRule, enter } from './call-rules.ts';
import { lockRange, unlockRange } from './packet-dma.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';

const notInInterrupt = { notIn: ['HwVidInterrupt', 'HwVidDpcRoutine'] } as const;
const LOCK = callRule('VideoPortLockPages', PASSIVE_LEVEL, notInInterrupt);
const UNLOCK = callRule('VideoPortUnlockPages', PASSIVE_LEVEL, { ...notInInterrupt, onlyIn: ['HwVidStartIO'] });
const DO_DMA = callRule('VideoPortDoDma', HIGH_LEVEL);
const MAP = callRule('VideoPortMapDmaMemory', HIGH_LEVEL);
const UNMAP = callRule('VideoPortUnmapDmaMemory', HIGH_LEVEL);
const GET_CONTEXT = callRule('VideoPortGetDmaContext', HIGH_LEVEL);
const SET_CONTEXT = callRule('VideoPortSetDmaContext', HIGH_LEVEL);
const SIGNAL = callRule('VideoPortSignalDmaComplete', HIGH_LEVEL);
const ASSOCIATE = callRule('VideoPortAssociateEventsWithDmaHandle', HIGH_LEVEL);
const GET_BYTES = callRule('VideoPortGetBytesUsed', HIGH_LEVEL);
const SET_BYTES = callRule('VideoPortSetBytesUsed', HIGH_LEVEL);
const GET_MDL = callRule('VideoPortGetMdl', HIGH_LEVEL);

/** Bytes of the list's head and of one element, as they lie in memory. */
const LIST_HEAD = 8;
const LIST_ELEMENT = 16;

/** The locked buffer behind each PDMA: the address of the list in the request's output buffer. */
const locked = perPort(() => new Map<PDMA, PVOID>());

function entered(rule: CallRule, HwDeviceExtension: HwDeviceExtension, ...more: readonly unknown[]): void {
  enter(rule, HwDeviceExtension, ...(more as readonly [unknown?]));
  port.device(HwDeviceExtension, rule.name);
}

/**
 * Locks a request's input buffer and writes the list of its physical ranges (VP_SCATTER_GATHER_LIST as C lays it out)
 * into the output buffer. Input and output are one buffer: read what the request says first. Not from HwVidInterrupt or
 * a DPC.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pVrp in: the request; the address of its output buffer is the PDMA for the other functions
 * @param pUEvent the caller’s event, or NULL
 * @param pDisplayEvent the display driver’s event, or NULL
 * @param DmaFlags VideoPortDmaInitOnly; with any other nothing happens
 * @returns TRUE; FALSE when there is no input buffer, or no room for the list
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportlockpages
 */
export function VideoPortLockPages(
  HwDeviceExtension: HwDeviceExtension,
  pVrp: VIDEO_REQUEST_PACKET,
  pUEvent: PEVENT | null,
  pDisplayEvent: PEVENT | null,
  DmaFlags: number,
): BOOLEAN {
  entered(LOCK, HwDeviceExtension, pVrp, pUEvent, pDisplayEvent, DmaFlags);
  void pUEvent;
  void pDisplayEvent;
  if (!checkStructure(pVrp, LOCK.name, 'pVrp')) return false;
  const { InputBuffer, InputBufferLength, OutputBuffer, OutputBufferLength } = pVrp;
  if (DmaFlags !== VideoPortDmaInitOnly || InputBuffer === NULL || InputBufferLength === 0) return false;
  const frames = [...port.space.framesAt(InputBuffer, InputBufferLength)];
  const starts = frames.flatMap((frame, i) => (i > 0 && frame === (frames[i - 1] as number) + 1 ? [] : [i]));
  if (OutputBufferLength < LIST_HEAD + starts.length * LIST_ELEMENT) return false;
  const mdl = lockRange(LOCK.name, InputBuffer, InputBufferLength, VpModifyAccess);
  const view = new DataView(port.space.buffer, OutputBuffer, LIST_HEAD + starts.length * LIST_ELEMENT);
  view.setUint32(0, starts.length, true);
  view.setUint32(4, 0, true);
  const within = InputBuffer % PAGE_SIZE;
  for (const [element, start] of starts.entries()) {
    const end = (starts[element + 1] ?? frames.length) * PAGE_SIZE;
    const from = start === 0 ? within : start * PAGE_SIZE;
    const at = LIST_HEAD + element * LIST_ELEMENT;
    const physical = BigInt(frames[start] as number) * BigInt(PAGE_SIZE) + BigInt(from % PAGE_SIZE);
    view.setBigUint64(at, physical, true);
    view.setUint32(at + 8, Math.min(end, within + InputBufferLength) - from, true);
    view.setUint32(at + 12, 0, true);
  }
  locked().set(OutputBuffer, mdl);
  return true;
}

/**
 * Unlocks what VideoPortLockPages locked. In HwVidStartIO only.
 *
 * @param hwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @returns TRUE, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportunlockpages
 */
export function VideoPortUnlockPages(hwDeviceExtension: HwDeviceExtension, pDma: PDMA): BOOLEAN {
  entered(UNLOCK, hwDeviceExtension, pDma);
  const mdl = locked().get(pDma);
  locked().delete(pDma);
  unlockRange(UNLOCK.name, mdl ?? NULL);
  return true;
}

/**
 * Once started DMA through HwVidStartDma.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @param DmaFlags nothing is done with them
 * @returns NULL, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportdodma
 */
export function VideoPortDoDma(HwDeviceExtension: HwDeviceExtension, pDma: PDMA, DmaFlags: number): PDMA {
  entered(DO_DMA, HwDeviceExtension, pDma, DmaFlags);
  void pDma;
  void DmaFlags;
  return NULL;
}

/**
 * Once mapped a board's DMA memory.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pVrp the request
 * @param BoardAddress bus address of the memory
 * @param Length out: its length
 * @param InIoSpace I/O space or memory
 * @param MappedUserEvent an event, or NULL
 * @param DisplayDriverEvent an event, or NULL
 * @param VirtualAddress out: where it is
 * @returns NULL, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportmapdmamemory
 */
export function VideoPortMapDmaMemory(
  HwDeviceExtension: HwDeviceExtension,
  ..._: readonly [
    pVrp: VIDEO_REQUEST_PACKET | null,
    BoardAddress: PHYSICAL_ADDRESS,
    Length: Out<ULONG>,
    InIoSpace: Out<ULONG>,
    MappedUserEvent: PVOID,
    DisplayDriverEvent: PVOID,
    VirtualAddress: Out<PVOID>,
  ]
): PDMA {
  entered(MAP, HwDeviceExtension, ..._);
  return NULL;
}

/**
 * Once undid VideoPortMapDmaMemory.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VirtualAddress where it was mapped
 * @param ProcessHandle the process, or NULL
 * @param BoardMemoryHandle handle from VideoPortMapDmaMemory
 * @returns FALSE, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportunmapdmamemory
 */
export function VideoPortUnmapDmaMemory(
  HwDeviceExtension: HwDeviceExtension,
  ..._: readonly [VirtualAddress: PVOID, ProcessHandle: HANDLE, BoardMemoryHandle: PDMA]
): BOOLEAN {
  entered(UNMAP, HwDeviceExtension, ..._);
  return false;
}

/**
 * Once gave the context of a DMA handle.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @returns NULL, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetdmacontext
 */
export function VideoPortGetDmaContext(HwDeviceExtension: HwDeviceExtension, pDma: PDMA): PVOID {
  entered(GET_CONTEXT, HwDeviceExtension, pDma);
  void pDma;
  return NULL;
}

/**
 * Once set the context of a DMA handle. Does nothing.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @param InstanceContext the context; it is not kept
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsetdmacontext
 */
export function VideoPortSetDmaContext(HwDeviceExtension: HwDeviceExtension, pDma: PDMA, InstanceContext: PVOID): void {
  entered(SET_CONTEXT, HwDeviceExtension, pDma, InstanceContext);
  void pDma;
  void InstanceContext;
}

/**
 * Once told that DMA was complete.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDmaHandle handle from VideoPortLockPages
 * @returns FALSE, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsignaldmacomplete
 */
export function VideoPortSignalDmaComplete(HwDeviceExtension: HwDeviceExtension, pDmaHandle: PDMA): BOOLEAN {
  entered(SIGNAL, HwDeviceExtension, pDmaHandle);
  void pDmaHandle;
  return false;
}

/**
 * Once bound events to a DMA handle.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pVrp the request
 * @param MappedUserEvent an event, or NULL
 * @param DisplayDriverEvent an event, or NULL
 * @returns NULL, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportassociateeventswithdmahandle
 */
export function VideoPortAssociateEventsWithDmaHandle(
  HwDeviceExtension: HwDeviceExtension,
  ..._: readonly [pVrp: VIDEO_REQUEST_PACKET | null, MappedUserEvent: PVOID, DisplayDriverEvent: PVOID]
): PDMA {
  entered(ASSOCIATE, HwDeviceExtension, ..._);
  return NULL;
}

/**
 * Once told how much of a DMA buffer was used.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @returns 0, always
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetbytesused
 */
export function VideoPortGetBytesUsed(HwDeviceExtension: HwDeviceExtension, pDma: PDMA): ULONG {
  entered(GET_BYTES, HwDeviceExtension, pDma);
  void pDma;
  return 0;
}

/**
 * Once set how much of a DMA buffer was used. Does nothing.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @param BytesUsed how many; it is not kept
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsetbytesused
 */
export function VideoPortSetBytesUsed(HwDeviceExtension: HwDeviceExtension, pDma: PDMA, BytesUsed: ULONG): void {
  entered(SET_BYTES, HwDeviceExtension, pDma, BytesUsed);
  void pDma;
  void BytesUsed;
}

/**
 * The MDL of a DMA handle, which is the handle.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pDma handle from VideoPortLockPages
 * @returns pDma
 * @irql not documented
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetmdl
 */
export function VideoPortGetMdl(HwDeviceExtension: HwDeviceExtension, pDma: PDMA): PVOID {
  entered(GET_MDL, HwDeviceExtension, pDma);
  return pDma;
}
