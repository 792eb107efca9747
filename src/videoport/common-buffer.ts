/**
 * DMA adapters and common buffers: VideoPortGetDmaAdapter, VideoPortAllocateCommonBuffer, VideoPortReleaseCommonBuffer,
 * VideoPortPutDmaAdapter. A common buffer is memory that processor and device reach at the same time; the processor
 * uses the virtual address that the allocation returns, the device the logical address that it writes through its
 * pointer, and neither is good for the other.
 */
import { PFN_LIST_CORRUPT } from '../ddi/bug-checks.ts';
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension, VP_DEVICE_DESCRIPTION } from '../ddi/miniport.ts';
import type { BOOLEAN, Out, PHYSICAL_ADDRESS, PVOID, PVP_DMA_ADAPTER, ULONG } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import type { CommonBuffer, DmaAdapter } from '../hal/dma-adapter.ts';
import { hex } from '../memory/address-space.ts';
import { checkOut, checkUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const GET = callRule('VideoPortGetDmaAdapter', PASSIVE_LEVEL, { dma: true });
const ALLOCATE = callRule('VideoPortAllocateCommonBuffer', PASSIVE_LEVEL, { dma: true });
const RELEASE = callRule('VideoPortReleaseCommonBuffer', PASSIVE_LEVEL, { dma: true });
const PUT = callRule('VideoPortPutDmaAdapter', PASSIVE_LEVEL, { dma: true });

/** Tells an adapter from other kernel objects. */
export const isAdapter = (object: object): object is DmaAdapter => 'mapRegisters' in object;

/** The adapter behind a handle, or null after saying what is wrong with it. */
export function adapterOf(handle: PVP_DMA_ADAPTER, caller: string): DmaAdapter | null {
  const adapter = port.handles.get(handle, isAdapter);
  if (!adapter) {
    const what =
      handle === NULL
        ? 'NULL'
        : `${typeof handle === 'number' ? hex(handle) : typeof handle}, which VideoPortGetDmaAdapter never returned`;
    port.observer?.report('adapter-null', [0, 0, 0, 0], `${caller}: VpDmaAdapter is ${what}`);
    return null;
  }
  if (adapter.released) {
    port.observer?.report(
      'adapter-released',
      [handle, 0, 0, 0],
      `${caller}: the adapter ${hex(handle)} was given back with VideoPortPutDmaAdapter and may not be used again`,
    );
    return null;
  }
  return adapter;
}

/**
 * Gets a DMA adapter for the device: what it may reach, and how. Every other function of this family needs one.
 *
 * Reach: Dma64BitAddresses gives all of it; ScatterGather (on PCI) or Dma32BitAddresses 4 GiB; with all three FALSE 16
 * MiB.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDeviceDescription what the device can do: reach, scatter/gather, longest transfer
 * @returns an opaque handle, or NULL
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetdmaadapter
 */
export function VideoPortGetDmaAdapter(
  HwDeviceExtension: HwDeviceExtension,
  VpDeviceDescription: VP_DEVICE_DESCRIPTION,
): PVP_DMA_ADAPTER {
  enter(GET, HwDeviceExtension, VpDeviceDescription);
  port.device(HwDeviceExtension, GET.name);
  const { ScatterGather, Dma32BitAddresses, Dma64BitAddresses, MaximumLength } = VpDeviceDescription ?? {};
  if (!checkUlong(MaximumLength, GET.name, 'MaximumLength', 'a number of bytes below 4 GiB')) return NULL;
  const adapter = port.dma.createAdapter(
    {
      scatterGather: Boolean(ScatterGather),
      dma32BitAddresses: Boolean(Dma32BitAddresses),
      dma64BitAddresses: Boolean(Dma64BitAddresses),
      maximumLength: MaximumLength,
    },
    port.observer?.site(),
  );
  return port.handles.add(adapter);
}

/**
 * Allocates memory that processor and device reach at the same time. Meant for start-up (HwVidFindAdapter); takes whole
 * pages, but only DesiredLength bytes may be touched, and what they hold is unspecified.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDmaAdapter adapter from VideoPortGetDmaAdapter
 * @param DesiredLength bytes
 * @param LogicalAddress out: the address that the device must use; not the virtual and not the physical one
 * @param CacheEnabled is remembered (the release must repeat it) and changes nothing: DMA is coherent on this machine
 *   as on x86
 * @param Reserved ignored; pass NULL
 * @returns the address for the processor, or NULL: nothing is allocated then
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportallocatecommonbuffer
 */
export function VideoPortAllocateCommonBuffer(
  HwDeviceExtension: HwDeviceExtension,
  VpDmaAdapter: PVP_DMA_ADAPTER,
  DesiredLength: ULONG,
  LogicalAddress: Out<PHYSICAL_ADDRESS>,
  CacheEnabled: BOOLEAN,
  Reserved: PVOID | null = NULL,
): PVOID {
  enter(ALLOCATE, HwDeviceExtension, VpDmaAdapter, DesiredLength, LogicalAddress, CacheEnabled, Reserved);
  void Reserved;
  port.device(HwDeviceExtension, ALLOCATE.name);
  const adapter = adapterOf(VpDmaAdapter, ALLOCATE.name);
  if (!adapter) return NULL;
  if (!checkUlong(DesiredLength, ALLOCATE.name, 'DesiredLength', 'a whole number of bytes below 4 GiB')) return NULL;
  if (!checkOut<PHYSICAL_ADDRESS>(LogicalAddress, ALLOCATE.name, 'LogicalAddress')) return NULL;
  const buffer = port.dma.allocateCommonBuffer(
    adapter,
    DesiredLength,
    Boolean(CacheEnabled),
    port.observer !== null,
    port.observer?.site(),
  );
  if ('refused' in buffer) {
    port.log('port', 'warn', `${ALLOCATE.name}(${DesiredLength}) returns NULL: ${buffer.refused}`);
    return NULL;
  }
  LogicalAddress.value = buffer.logical;
  return buffer.virtual;
}

/**
 * Releases a common buffer. All arguments must be those of its allocation: the length as requested, both addresses, the
 * cache flag, the adapter. There is no partial release.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDmaAdapter adapter from VideoPortGetDmaAdapter
 * @param Length the length that was asked for
 * @param LogicalAddress the address that the device uses
 * @param VirtualAddress the address that the processor uses
 * @param CacheEnabled as at the allocation
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreleasecommonbuffer
 */
export function VideoPortReleaseCommonBuffer(
  HwDeviceExtension: HwDeviceExtension,
  VpDmaAdapter: PVP_DMA_ADAPTER,
  Length: ULONG,
  LogicalAddress: PHYSICAL_ADDRESS,
  VirtualAddress: PVOID,
  CacheEnabled: BOOLEAN,
): void {
  enter(RELEASE, HwDeviceExtension, VpDmaAdapter, Length, LogicalAddress, VirtualAddress, CacheEnabled);
  port.device(HwDeviceExtension, RELEASE.name);
  const adapter = adapterOf(VpDmaAdapter, RELEASE.name);
  if (adapter) releaseBuffer(RELEASE.name, adapter, Length, LogicalAddress, VirtualAddress, CacheEnabled);
}

/** Checks what a release says against what the allocation said, and frees the buffer. */
export function releaseBuffer(
  caller: string,
  adapter: DmaAdapter,
  Length: ULONG,
  LogicalAddress: PHYSICAL_ADDRESS,
  VirtualAddress: PVOID,
  CacheEnabled: BOOLEAN,
): void {
  const buffer = adapter.buffers.get(VirtualAddress) ?? elsewhere(VirtualAddress, LogicalAddress);
  if (!buffer) {
    const sentence = `${caller}: no common buffer is allocated at ${hex(Number(VirtualAddress))}: released twice, or never allocated`;
    if (port.observer) port.observer.report('release-unknown', [1, VirtualAddress, 0, 0], sentence);
    else port.processor.bugCheck(PFN_LIST_CORRUPT, [0x99, 0, 0, 0], sentence);
    return;
  }
  const differences = [
    buffer.adapter === adapter ? '' : 'VpDmaAdapter is another adapter',
    buffer.length === Length ? '' : `Length is ${Length}, allocated were ${buffer.length}`,
    buffer.logical === LogicalAddress
      ? ''
      : `LogicalAddress is ${typeof LogicalAddress === 'bigint' ? hex(LogicalAddress) : String(LogicalAddress)}, allocated was ${hex(buffer.logical)}`,
    buffer.virtual === VirtualAddress
      ? ''
      : `VirtualAddress is ${hex(Number(VirtualAddress))}, allocated was ${hex(buffer.virtual)}`,
    buffer.cacheEnabled === CacheEnabled
      ? ''
      : `CacheEnabled is ${String(CacheEnabled)}, allocated with ${String(buffer.cacheEnabled)}`,
  ].filter((difference) => difference !== '');
  if (differences.length > 0) {
    port.observer?.report(
      'release-mismatch',
      [0, buffer.virtual, buffer.length, 0],
      `${caller}: ${differences.join('; ')}`,
      undefined,
    );
  }
  checkPadding(buffer);
  const locked = port.locked.overlapping(buffer.virtual, buffer.length);
  if (locked) {
    const sentence = `${caller}: the buffer at ${hex(buffer.virtual)} is locked for DMA: VideoPortUnlockBuffer comes first`;
    if (port.observer) port.observer.report('freed-locked', [locked.frames[0] ?? 0, 0, 0, 0], sentence);
    else port.processor.bugCheck(PFN_LIST_CORRUPT, [0x9a, locked.frames[0] ?? 0, 0, 0], sentence);
  }
  port.dma.freeCommonBuffer(buffer, port.observer?.site());
}

/**
 * A living buffer that is meant by wrong arguments: same virtual address on another adapter, or same logical address.
 */
function elsewhere(virtual: PVOID, logical: PHYSICAL_ADDRESS): CommonBuffer | undefined {
  for (const [, adapter] of port.handles.entries(isAdapter)) {
    for (const buffer of adapter.buffers.values()) {
      if (buffer.virtual === virtual || buffer.logical === logical) return buffer;
    }
  }
  return undefined;
}

/** Driver Verifier looks at a buffer's padding when it is released: 0xE6/0F. */
function checkPadding(buffer: CommonBuffer): void {
  if (!port.observer) return;
  const damaged = port.space.damagedPadding(buffer.region);
  if (damaged < 0) return;
  const before = damaged < buffer.virtual;
  port.observer.report(
    'overrun',
    [before ? 4 : 5, buffer.virtual, damaged, 0],
    `the common buffer of ${buffer.length} bytes at ${hex(buffer.virtual)} was written ${before ? 'before its beginning' : 'beyond its end'}, at ${hex(damaged)}, by the driver or by a packet of its`,
    buffer.site,
  );
}

/**
 * Gives an adapter back. All its common buffers must have been released; the handle is dead afterwards.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param VpDmaAdapter adapter from VideoPortGetDmaAdapter
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportputdmaadapter
 */
export function VideoPortPutDmaAdapter(HwDeviceExtension: HwDeviceExtension, VpDmaAdapter: PVP_DMA_ADAPTER): void {
  enter(PUT, HwDeviceExtension, VpDmaAdapter);
  port.device(HwDeviceExtension, PUT.name);
  const adapter = adapterOf(VpDmaAdapter, PUT.name);
  if (!adapter) return;
  if (adapter.buffers.size > 0) {
    port.observer?.report(
      'put-with-buffers',
      [VpDmaAdapter, adapter.buffers.size, 0, 0],
      `${PUT.name}: ${adapter.buffers.size} common buffer${adapter.buffers.size === 1 ? ' is' : 's are'} still allocated on this adapter: release them first`,
    );
  }
  if (adapter.transfers.size > 0) {
    port.observer?.report(
      'put-with-lists',
      [VpDmaAdapter, adapter.transfers.size, 0, 0],
      `${PUT.name}: ${adapter.transfers.size} scatter/gather list${adapter.transfers.size === 1 ? ' is' : 's are'} not completed on this adapter: VideoPortCompleteDma comes first`,
    );
  }
  adapter.released = true;
}

/** What the driver still holds of this family, for the report at stop. */
export function outstandingDma(): {
  readonly adapters: readonly [number, DmaAdapter][];
  readonly buffers: readonly CommonBuffer[];
} {
  const adapters = [...port.handles.entries(isAdapter)];
  return {
    adapters: adapters.filter(([, adapter]) => !adapter.released),
    buffers: adapters.flatMap(([, adapter]) => [...adapter.buffers.values()]),
  };
}

/**
 * Checks the padding of every living buffer and reports what is still allocated: at stop, as Driver Verifier does at
 * unload.
 */
export function reportLeaks(): void {
  const { adapters, buffers } = outstandingDma();
  for (const buffer of buffers) {
    checkPadding(buffer);
    port.observer?.report(
      'leak',
      [buffer.virtual, buffer.length, buffer.logical, 0],
      `a common buffer of ${buffer.length} bytes at ${hex(buffer.virtual)} was never released`,
      buffer.site,
    );
  }
  for (const [handle, adapter] of adapters) {
    port.observer?.report(
      'leak',
      [handle, adapter.id, 0, 0],
      `the DMA adapter ${hex(handle)} was never given back with VideoPortPutDmaAdapter`,
      adapter.site,
    );
  }
}
