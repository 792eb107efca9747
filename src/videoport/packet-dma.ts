/**
 * Packet DMA: VideoPortLockBuffer, VideoPortUnlockBuffer, VideoPortStartDma, VideoPortCompleteDma. Memory that was not
 * made for the device is locked, mapped piece by piece, and given back:
 *
 *   lock → start → HwVidExecuteDma programs the device → its interrupt → complete → start with the rest … → unlock
 */
import { PFN_LIST_CORRUPT } from '../ddi/bug-checks.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL, VpModifyAccess, VpReadAccess, VpWriteAccess } from '../ddi/constants.ts';
import type { PEXECUTE_DMA, VP_SCATTER_GATHER_ELEMENT, VP_SCATTER_GATHER_LIST } from '../ddi/dma.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import { ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import type { BOOLEAN, Out, PVOID, PVP_DMA_ADAPTER, ULONG, VP_STATUS } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import type { Mdl } from '../hal/mdl.ts';
import { beginTransfer, endTransfer, type Transfer } from '../hal/scatter-gather.ts';
import { hex } from '../memory/address-space.ts';
import { checkCallback, checkOut, isUlong, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { adapterOf, isAdapter } from './common-buffer.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';
import { requireMapped } from './system-memory.ts';

const LOCK = callRule('VideoPortLockBuffer', PASSIVE_LEVEL);
const UNLOCK = callRule('VideoPortUnlockBuffer', DISPATCH_LEVEL);
const START = callRule('VideoPortStartDma', DISPATCH_LEVEL, { dma: true });
const COMPLETE = callRule('VideoPortCompleteDma', DISPATCH_LEVEL, { dma: true });

const isMdl = (object: object): object is Mdl => 'transfers' in object && 'operation' in object;

/** The transfer behind each list that a driver was given. */
const transfers = perPort(() => new WeakMap<VP_SCATTER_GATHER_LIST, Transfer>());

/** Locks a range for the driver. Its pages must be mapped. */
export function lockRange(caller: string, address: PVOID, length: ULONG, operation: number): PVOID {
  requireMapped(address, length, caller, operation !== VpReadAccess);
  const frames = port.space.framesAt(address, length);
  return port.handles.add(port.locked.lock(address, length, operation, frames, port.observer?.site()));
}

/** Unlocks what {@link lockRange} locked, unless the device still uses it or it is not locked. */
export function unlockRange(caller: string, handle: PVOID): void {
  const mdl = port.handles.get(handle, isMdl);
  if (!mdl) {
    const sentence = `${caller}: ${hex(Number(handle))} is no locked buffer: unlocked twice, or never locked`;
    if (port.observer) port.observer.report('unlock-unknown', [0, 0, 0, 0], sentence);
    else port.processor.bugCheck(PFN_LIST_CORRUPT, [0x07, 0, 0, 0], sentence);
    return;
  }
  if (mdl.transfers > 0) {
    port.observer?.report(
      'dma-unlocked',
      [handle, 0, 0, 0],
      `${caller}: ${mdl.transfers} transfer${mdl.transfers === 1 ? '' : 's'} of this buffer ${mdl.transfers === 1 ? 'is' : 'are'} not completed: VideoPortCompleteDma comes first`,
    );
  }
  port.locked.unlock(mdl);
  port.handles.remove(handle);
}

/**
 * Locks memory, so that a device may be given it: its pages stay where they are, resident at any IRQL, until they are
 * unlocked.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param BaseAddress where the memory begins
 * @param Length bytes
 * @param Operation what the device will do: VpReadAccess, VpWriteAccess or VpModifyAccess
 * @returns an MDL: an opaque handle; or NULL. Memory that is not mapped is a page fault
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportlockbuffer
 */
export function VideoPortLockBuffer(
  HwDeviceExtension: HwDeviceExtension,
  BaseAddress: PVOID,
  Length: ULONG,
  Operation: number,
): PVOID {
  enter(LOCK, HwDeviceExtension, BaseAddress, Length, Operation);
  port.device(HwDeviceExtension, LOCK.name);
  const known = Operation === VpReadAccess || Operation === VpWriteAccess || Operation === VpModifyAccess;
  if (!known || !isUlong(Length) || Length < 1) {
    port.observer?.report(
      'bad-argument',
      [Number(Length), Number(Operation), 0, 0],
      `${LOCK.name}: ${known ? `Length is ${told(Length)}; it must be 1 or more` : `Operation is ${String(Operation)}; it must be VpReadAccess, VpWriteAccess or VpModifyAccess`}`,
    );
    return NULL;
  }
  return lockRange(LOCK.name, BaseAddress, Length, Operation);
}

/**
 * Unlocks memory and frees its MDL. All transfers of it must be completed.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Mdl from VideoPortLockBuffer
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportunlockbuffer
 */
export function VideoPortUnlockBuffer(HwDeviceExtension: HwDeviceExtension, Mdl: PVOID): void {
  enter(UNLOCK, HwDeviceExtension, Mdl);
  port.device(HwDeviceExtension, UNLOCK.name);
  unlockRange(UNLOCK.name, Mdl);
}

/**
 * Maps a piece of a locked buffer for the device and calls HwVidExecuteDma, at DISPATCH_LEVEL, to program it. The list
 * has one element for each run of pages that lie in a row, or a single one when the adapter's ScatterGather is FALSE.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDmaAdapter adapter from VideoPortGetDmaAdapter
 * @param Mdl list from VideoPortLockBuffer
 * @param Offset of the piece in the buffer, in bytes
 * @param pLength in: bytes wanted; out, before the callback runs: bytes mapped, which map registers may limit. Complete
 *   this piece, then start the next one at Offset + *pLength
 * @param ExecuteDmaRoutine the driver’s HwVidExecuteDma
 * @param Context for the callback
 * @param WriteToDevice TRUE: the device reads the memory; it is read-only to it then. FALSE: it writes it
 * @returns NO_ERROR, or ERROR_NOT_ENOUGH_MEMORY: nothing is mapped then, and the callback not called
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportstartdma
 */
export function VideoPortStartDma<T>(
  HwDeviceExtension: HwDeviceExtension,
  VpDmaAdapter: PVP_DMA_ADAPTER,
  Mdl: PVOID,
  Offset: ULONG,
  pLength: Out<ULONG>,
  ExecuteDmaRoutine: (
    HwDeviceExtension: never,
    VpDmaAdapter: PVP_DMA_ADAPTER,
    SGList: VP_SCATTER_GATHER_LIST,
    Context: T,
  ) => ReturnType<PEXECUTE_DMA>,
  Context: T,
  WriteToDevice: BOOLEAN,
): VP_STATUS {
  enter(START, HwDeviceExtension, VpDmaAdapter, Mdl, Offset, pLength, ExecuteDmaRoutine, Context, WriteToDevice);
  port.device(HwDeviceExtension, START.name);
  const { observer, processor } = port;
  const adapter = adapterOf(VpDmaAdapter, START.name);
  if (!adapter) return ERROR_NOT_ENOUGH_MEMORY;
  const mdl = port.handles.get(Mdl, isMdl);
  if (!mdl) {
    observer?.report(
      'dma-unlocked',
      [Number(Mdl), 0, 0, 0],
      `${START.name}: Mdl ${hex(Number(Mdl))} is no buffer that VideoPortLockBuffer locked, or it was unlocked`,
    );
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  if (!checkCallback(ExecuteDmaRoutine, START.name, 'ExecuteDmaRoutine')) return ERROR_NOT_ENOUGH_MEMORY;
  if (!checkOut<ULONG>(pLength, START.name, 'pLength')) return ERROR_NOT_ENOUGH_MEMORY;
  const wanted = pLength.value;
  if (!isUlong(Offset) || !isUlong(wanted)) {
    observer?.report(
      'bad-argument',
      [Number(Offset), Number(wanted), 0, 0],
      `${START.name}: Offset is ${told(Offset)} and *pLength ${told(wanted)}; both must be whole numbers of bytes below 4 GiB`,
    );
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  if (wanted === 0) observer?.report('dma-zero', [0, 0, 0, 0], `${START.name}: *pLength is 0`);
  const left = Math.max(0, mdl.length - Offset);
  if (wanted > left) {
    observer?.report(
      'dma-short',
      [wanted - left, 0, 0, 0],
      `${START.name}: ${wanted} bytes at offset ${Offset}; the locked buffer has ${mdl.length} bytes`,
    );
  }
  if (mdl.operation !== VpModifyAccess && (mdl.operation === VpReadAccess) !== WriteToDevice) {
    observer?.report(
      'dma-direction',
      [WriteToDevice ? 1 : 0, mdl.operation, 0, 0],
      `${START.name}: WriteToDevice is ${String(WriteToDevice)}, so the device ${WriteToDevice ? 'reads' : 'writes'} memory that was locked with ${mdl.operation === VpReadAccess ? 'VpReadAccess' : 'VpWriteAccess'}`,
    );
  }
  const length = Math.min(wanted, left);
  const site = observer?.site();
  const transfer = beginTransfer(port.dma, adapter, mdl, Offset, length, Boolean(WriteToDevice), site);
  if ('refused' in transfer) {
    port.log('port', 'warn', `${START.name} returns ERROR_NOT_ENOUGH_MEMORY: ${transfer.refused}`);
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  pLength.value = transfer.length;
  const list = listOf(transfer);
  transfers().set(list, transfer);
  processor.run('HwVidExecuteDma', DISPATCH_LEVEL, () =>
    ExecuteDmaRoutine(HwDeviceExtension as never, VpDmaAdapter, list, Context),
  );
  return NO_ERROR;
}

function listOf(transfer: Transfer): VP_SCATTER_GATHER_LIST {
  const Elements = transfer.elements.map(
    ({ address, length }): VP_SCATTER_GATHER_ELEMENT =>
      Object.freeze({ Address: address, Length: length, Reserved: 0 }),
  );
  return { NumberOfElements: Elements.length, Reserved: 0, Elements };
}

/**
 * Ends a transfer when the device is done with it: what it wrote is in memory, and the logical addresses are gone. The
 * list is empty afterwards.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDmaAdapter adapter from VideoPortGetDmaAdapter
 * @param VpScatterGather the list that HwVidExecuteDma got
 * @param WriteToDevice as it was given to VideoPortStartDma
 * @returns NO_ERROR, always
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcompletedma
 */
export function VideoPortCompleteDma(
  HwDeviceExtension: HwDeviceExtension,
  VpDmaAdapter: PVP_DMA_ADAPTER,
  VpScatterGather: VP_SCATTER_GATHER_LIST,
  WriteToDevice: BOOLEAN,
): VP_STATUS {
  enter(COMPLETE, HwDeviceExtension, VpDmaAdapter, VpScatterGather, WriteToDevice);
  port.device(HwDeviceExtension, COMPLETE.name);
  const { observer } = port;
  const adapter = adapterOf(VpDmaAdapter, COMPLETE.name);
  if (!adapter) return NO_ERROR;
  const isObject = typeof VpScatterGather === 'object' && VpScatterGather !== null;
  const transfer = isObject ? transfers().get(VpScatterGather) : undefined;
  if (!transfer || transfer.adapter !== adapter) {
    observer?.report(
      'list-unknown',
      [adapter.transfersBegun, adapter.transfersBegun - adapter.transfers.size + 1, 0, 0],
      transfer
        ? `${COMPLETE.name}: the list belongs to another adapter`
        : `${COMPLETE.name}: the list is none that HwVidExecuteDma got, or was completed before`,
    );
    return NO_ERROR;
  }
  if (transfer.writeToDevice !== WriteToDevice) {
    observer?.report(
      'dma-direction',
      [WriteToDevice ? 1 : 0, transfer.writeToDevice ? 1 : 0, 0, 0],
      `${COMPLETE.name}: WriteToDevice is ${String(WriteToDevice)}; VideoPortStartDma was told ${String(transfer.writeToDevice)}`,
    );
  }
  endTransfer(port.dma, transfer);
  transfers().delete(VpScatterGather);
  Object.assign(VpScatterGather, { NumberOfElements: 0, Elements: [] });
  return NO_ERROR;
}

/** Says what is still locked or mapped, for the report at stop. */
export function reportPacketDmaLeaks(): void {
  const { observer } = port;
  for (const [handle, adapter] of port.handles.entries(isAdapter)) {
    for (const transfer of adapter.transfers) {
      observer?.report(
        'leak',
        [handle, transfer.length, 0, 0],
        `a transfer of ${transfer.length} bytes was never completed with VideoPortCompleteDma`,
        transfer.site,
      );
    }
  }
  for (const mdl of port.locked.live) {
    observer?.report(
      'locked-pages',
      [mdl.base, mdl.length, mdl.frames.length, 0],
      `${mdl.length} bytes at ${hex(mdl.base)} were never unlocked with VideoPortUnlockBuffer`,
      mdl.site,
    );
  }
}
