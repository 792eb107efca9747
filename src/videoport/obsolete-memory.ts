/**
 * Memory for DMA as Windows 2000 had it: VideoPortGetCommonBuffer, VideoPortFreeCommonBuffer, whose adapter nobody
 * sees, and VideoPortAllocateContiguousMemory. VideoPortAllocateCommonBuffer has taken the place of all three.
 */
import { PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { BOOLEAN, Out, PHYSICAL_ADDRESS, PVOID, ULONG } from '../ddi/types.ts';
import { NULL } from '../ddi/types.ts';
import type { DmaAdapter } from '../hal/dma-adapter.ts';
import { hex } from '../memory/address-space.ts';
import { checkAddress, checkOut, checkUlong, isUlong } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { releaseBuffer } from './common-buffer.ts';
import { perPort } from './per-port.ts';
import { port, type VideoDevice } from './port.ts';

const GET = callRule('VideoPortGetCommonBuffer', PASSIVE_LEVEL, { dma: true });
const FREE = callRule('VideoPortFreeCommonBuffer', PASSIVE_LEVEL, { dma: true });
const CONTIGUOUS = callRule('VideoPortAllocateContiguousMemory', PASSIVE_LEVEL);

/** Longest buffer: what the implicit adapter is made for. */
const LONGEST = 256 * 1024;

/** Each device's implicit adapter, made when it is first needed. It is the port's, so it is never given back. */
const adapters = perPort(() => new Map<VideoDevice, DmaAdapter>());

function adapterFor(device: VideoDevice): DmaAdapter {
  const known = adapters().get(device);
  if (known) return known;
  const adapter = port.dma.createAdapter({
    scatterGather: false,
    dma32BitAddresses: true,
    dma64BitAddresses: false,
    maximumLength: LONGEST,
  });
  adapters().set(device, adapter);
  return adapter;
}

/**
 * Allocates a common buffer on the device's implicit adapter, which reaches 4 GiB. At most 256 KiB.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param DesiredLength how many bytes
 * @param Alignment ignored
 * @param LogicalAddress out: the address for the device
 * @param pActualLength out: bytes allocated, 0 when there are none
 * @param CacheEnabled must be repeated at the release
 * @returns the address for the processor, or NULL
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportgetcommonbuffer
 */
export function VideoPortGetCommonBuffer(
  HwDeviceExtension: HwDeviceExtension,
  DesiredLength: ULONG,
  Alignment: ULONG,
  LogicalAddress: Out<PHYSICAL_ADDRESS>,
  pActualLength: Out<ULONG>,
  CacheEnabled: BOOLEAN,
): PVOID {
  enter(GET, HwDeviceExtension, DesiredLength, Alignment, LogicalAddress, pActualLength, CacheEnabled);
  void Alignment;
  const device = port.device(HwDeviceExtension, GET.name);
  const { observer, dma } = port;
  if (!checkOut<ULONG>(pActualLength, GET.name, 'pActualLength')) return NULL;
  pActualLength.value = 0;
  if (!checkOut<PHYSICAL_ADDRESS>(LogicalAddress, GET.name, 'LogicalAddress')) return NULL;
  const buffer = !(isUlong(DesiredLength) && DesiredLength <= LONGEST)
    ? { refused: `at most ${LONGEST} bytes can be had` }
    : dma.allocateCommonBuffer(
        adapterFor(device),
        DesiredLength,
        Boolean(CacheEnabled),
        observer !== null,
        observer?.site(),
      );
  if ('refused' in buffer) {
    port.log('port', 'warn', `${GET.name}(${DesiredLength}) returns NULL: ${buffer.refused}`);
    return NULL;
  }
  LogicalAddress.value = buffer.logical;
  pActualLength.value = buffer.length;
  return buffer.virtual;
}

/**
 * Frees what VideoPortGetCommonBuffer allocated. Mind the order: the virtual address comes before the logical one.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Length as it was asked for
 * @param VirtualAddress the address that the processor uses
 * @param LogicalAddress the address that the device uses
 * @param CacheEnabled as at the allocation
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportfreecommonbuffer
 */
export function VideoPortFreeCommonBuffer(
  HwDeviceExtension: HwDeviceExtension,
  Length: ULONG,
  VirtualAddress: PVOID,
  LogicalAddress: PHYSICAL_ADDRESS,
  CacheEnabled: BOOLEAN,
): void {
  enter(FREE, HwDeviceExtension, Length, VirtualAddress, LogicalAddress, CacheEnabled);
  const device = port.device(HwDeviceExtension, FREE.name);
  releaseBuffer(FREE.name, adapterFor(device), Length, LogicalAddress, VirtualAddress, CacheEnabled);
}

/**
 * Allocates nonpaged memory whose physical frames lie in a row, the last byte at HighestAcceptableAddress or below.
 * Nobody says where, no function frees it, and a physical address is no logical one: a device cannot be told of it.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param NumberOfBytes how many bytes
 * @param HighestAcceptableAddress the last physical address that may be used
 * @returns its address, the beginning of a page, or NULL
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportallocatecontiguousmemory
 */
export function VideoPortAllocateContiguousMemory(
  HwDeviceExtension: HwDeviceExtension,
  NumberOfBytes: ULONG,
  HighestAcceptableAddress: PHYSICAL_ADDRESS,
): PVOID {
  enter(CONTIGUOUS, HwDeviceExtension, NumberOfBytes, HighestAcceptableAddress);
  port.device(HwDeviceExtension, CONTIGUOUS.name);
  if (!checkUlong(NumberOfBytes, CONTIGUOUS.name, 'NumberOfBytes')) return NULL;
  if (!checkAddress(HighestAcceptableAddress, CONTIGUOUS.name, 'HighestAcceptableAddress')) return NULL;
  const region =
    NumberOfBytes > 0
      ? port.space.mapContiguous('contiguous', NumberOfBytes, HighestAcceptableAddress, port.observer?.site())
      : null;
  if (region) return region.base;
  port.log(
    'port',
    'warn',
    `${CONTIGUOUS.name}(${NumberOfBytes}) returns NULL: no such frames in a row up to ${hex(HighestAcceptableAddress)}`,
  );
  return NULL;
}

/** Says which of these common buffers were never freed, for the report at stop. */
export function reportObsoleteLeaks(): void {
  for (const adapter of adapters().values()) {
    for (const buffer of adapter.buffers.values()) {
      port.observer?.report(
        'leak',
        [buffer.virtual, buffer.length, buffer.logical, 0],
        `a common buffer of ${buffer.length} bytes at ${hex(buffer.virtual)} was never freed with VideoPortFreeCommonBuffer`,
        buffer.site,
      );
    }
  }
}
