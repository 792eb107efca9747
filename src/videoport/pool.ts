/** Pool memory: VideoPortAllocatePool, VideoPortFreePool, and the obsolete VideoPortAllocateBuffer, ReleaseBuffer. */
import { BAD_POOL_CALLER, BAD_POOL_HEADER, PFN_LIST_CORRUPT } from '../ddi/bug-checks.ts';
import {
  DISPATCH_LEVEL,
  PASSIVE_LEVEL,
  VpNonPagedPool,
  VpNonPagedPoolCacheAligned,
  VpPagedPool,
  VpPagedPoolCacheAligned,
} from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { Parameters4, Rule } from '../ddi/observer.ts';
import { ERROR_NOT_ENOUGH_MEMORY, NO_ERROR } from '../ddi/status.ts';
import { NULL, type Out, type PVOID, type ULONG, type VP_STATUS } from '../ddi/types.ts';
import { hex } from '../memory/address-space.ts';
import type { PoolKind } from '../memory/pool.ts';
import { checkBits, checkOut, checkUlong, isUlong, told } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const ALLOCATE = callRule('VideoPortAllocatePool', DISPATCH_LEVEL);
const FREE = callRule('VideoPortFreePool', DISPATCH_LEVEL);
const ALLOCATE_BUFFER = callRule('VideoPortAllocateBuffer', PASSIVE_LEVEL);
const RELEASE_BUFFER = callRule('VideoPortReleaseBuffer', PASSIVE_LEVEL);

/** What a size must be. */
const BYTES = 'a whole number of bytes below 4 GiB';

/** `Vprt`: the tag of what VideoPortAllocateBuffer allocates. */
const BUFFER_TAG = 0x7472_7056;

/* First parameters of bug check 0xC2. */
const FREED_ALREADY = 0x07;
const ALLOCATED_AT_IRQL = 0x08;
const FREED_AT_IRQL = 0x09;
const NEVER_POOL = 0x43;
const NOT_A_BEGINNING = 0x46;
/** First parameter of bug check 0x19: the header of a block is damaged. */
const DAMAGED = 0x20;
/** First parameter of bug check 0x4E: freed while locked for I/O. */
const LOCKED = 0x9a;

const KINDS: Readonly<Record<number, PoolKind>> = {
  [VpNonPagedPool]: { paged: false, cacheAligned: false },
  [VpPagedPool]: { paged: true, cacheAligned: false },
  [VpNonPagedPoolCacheAligned]: { paged: false, cacheAligned: true },
  [VpPagedPoolCacheAligned]: { paged: true, cacheAligned: true },
};

/** Four characters of a tag, as tools show it. */
function tagText(tag: ULONG): string {
  const text = String.fromCharCode(tag & 0xff, (tag >>> 8) & 0xff, (tag >>> 16) & 0xff, (tag >>> 24) & 0xff);
  return /^[\x20-\x7e]{4}$/.test(text) ? `'${text}'` : hex(tag >>> 0);
}

/** What a kernel crashes on with the verifier and without. */
function crash(rule: Rule, code: number, parameters: Parameters4, sentence: string, full = parameters): void {
  if (port.observer) port.observer.report(rule, parameters, sentence);
  else port.processor.bugCheck(code, full, sentence);
}

/**
 * Allocates pool memory. What it holds is unspecified; exactly NumberOfBytes may be touched.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param PoolType VpNonPagedPool, VpPagedPool, and CacheAligned forms of both. Paged memory may be allocated, touched
 *   and freed below DISPATCH_LEVEL only
 * @param NumberOfBytes bytes
 * @param Tag four characters by which tools know the owner
 * @returns its address, a multiple of 8 (CacheAligned: of 64), or NULL when memory is short
 * @irql APC_LEVEL or lower; DISPATCH_LEVEL for nonpaged types
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportallocatepool
 */
export function VideoPortAllocatePool(
  HwDeviceExtension: HwDeviceExtension,
  PoolType: number,
  NumberOfBytes: ULONG,
  Tag: ULONG,
): PVOID {
  enter(ALLOCATE, HwDeviceExtension, PoolType, NumberOfBytes, Tag);
  port.device(HwDeviceExtension, ALLOCATE.name);
  const kind = KINDS[PoolType];
  if (!kind || !isUlong(NumberOfBytes)) {
    port.observer?.report(
      'bad-argument',
      [Number(PoolType), 0, 0, 0],
      kind
        ? `${ALLOCATE.name}: NumberOfBytes is ${told(NumberOfBytes)}; it must be a whole number of bytes below 4 GiB`
        : `${ALLOCATE.name}: PoolType is ${told(PoolType)}; it must be one of the four of VP_POOL_TYPE`,
    );
    return NULL;
  }
  if (!checkBits(Tag, ALLOCATE.name, 'Tag')) return NULL;
  const { irql } = port.processor;
  if (kind.paged && irql >= DISPATCH_LEVEL) {
    port.observer?.report(
      'pool-caller',
      [ALLOCATED_AT_IRQL, irql, PoolType, NumberOfBytes],
      `${ALLOCATE.name}: paged pool may be allocated below DISPATCH_LEVEL only; at DISPATCH_LEVEL take VpNonPagedPool`,
    );
  }
  if (NumberOfBytes === 0)
    port.observer?.report('pool-zero', [irql, PoolType, 0, 0], `${ALLOCATE.name}: NumberOfBytes is 0`);
  return allocate(ALLOCATE.name, kind, NumberOfBytes, Tag >>> 0);
}

function allocate(caller: string, kind: PoolKind, bytes: number, tag: number): PVOID {
  const address = port.pool.allocate(kind, bytes, tag, port.observer?.site());
  if (address === NULL)
    port.log('port', 'warn', `${caller}(${bytes}) returns NULL: ${port.space.freeBytes} bytes of memory are free`);
  return address;
}

/**
 * Frees pool memory.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Ptr exactly what VideoPortAllocatePool returned. Paged memory is freed below DISPATCH_LEVEL only
 * @irql APC_LEVEL or lower; DISPATCH_LEVEL for memory of nonpaged types
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportfreepool
 */
export function VideoPortFreePool(HwDeviceExtension: HwDeviceExtension, Ptr: PVOID): void {
  enter(FREE, HwDeviceExtension, Ptr);
  port.device(HwDeviceExtension, FREE.name);
  free(FREE.name, Ptr);
}

function free(caller: string, address: PVOID): void {
  const { pool, locked, processor } = port;
  const known = pool.find(address);
  if (known && known.address === address) {
    if (known.paged && processor.irql >= DISPATCH_LEVEL) {
      port.observer?.report(
        'pool-caller',
        [FREED_AT_IRQL, processor.irql, VpPagedPool, address],
        `${caller}: paged pool may be freed below DISPATCH_LEVEL only`,
      );
    }
    const mdl = locked.overlapping(address, known.bytes);
    if (mdl) {
      crash(
        'freed-locked',
        PFN_LIST_CORRUPT,
        [mdl.frames[0] ?? 0, 0, 0, 0],
        `${caller}: the block at ${hex(address)} is locked for DMA: VideoPortUnlockBuffer comes first`,
        [LOCKED, mdl.frames[0] ?? 0, 0, 0],
      );
    }
  }
  const result = pool.free(address);
  const where = hex(Number(address));
  switch (result.kind) {
    case 'freed':
      return;
    case 'damaged': {
      const { block, at } = result;
      const parameters: Parameters4 = [DAMAGED, block.address, at, 0];
      const place = at < block.address ? 'before its beginning' : 'beyond its end';
      crash(
        'pool-header',
        BAD_POOL_HEADER,
        parameters,
        `${caller}: the block of ${block.bytes} bytes at ${where} (${tagText(block.tag)}) was written ${place}, at ${hex(at)}`,
      );
      return;
    }
    case 'double':
      crash(
        'pool-caller',
        BAD_POOL_CALLER,
        [FREED_ALREADY, 0, 0, address],
        `${caller}: the block at ${where} was freed before`,
      );
      return;
    case 'inside':
      crash(
        'pool-caller',
        BAD_POOL_CALLER,
        [NOT_A_BEGINNING, address, 0, 0],
        `${caller}: ${where} lies in a block of ${result.block.bytes} bytes that begins at ${hex(result.block.address)}: free what was allocated`,
      );
      return;
    case 'foreign':
      crash(
        'pool-caller',
        BAD_POOL_CALLER,
        [NEVER_POOL, Number(address), 0, 0],
        `${caller}: ${where} is no pool memory${address === NULL ? ': a NULL pointer' : ''}`,
      );
  }
}

/**
 * Allocates paged pool. Obsolete: VideoPortAllocatePool says what kind it wants.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Size bytes
 * @param Buffer out: the address; NULL when there is none
 * @returns NO_ERROR or ERROR_NOT_ENOUGH_MEMORY
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportallocatebuffer
 */
export function VideoPortAllocateBuffer(
  HwDeviceExtension: HwDeviceExtension,
  Size: ULONG,
  Buffer: Out<PVOID>,
): VP_STATUS {
  enter(ALLOCATE_BUFFER, HwDeviceExtension, Size, Buffer);
  port.device(HwDeviceExtension, ALLOCATE_BUFFER.name);
  if (!checkOut<PVOID>(Buffer, ALLOCATE_BUFFER.name, 'Buffer')) return ERROR_NOT_ENOUGH_MEMORY;
  if (!checkUlong(Size, ALLOCATE_BUFFER.name, 'Size', BYTES)) {
    Buffer.value = NULL;
    return ERROR_NOT_ENOUGH_MEMORY;
  }
  Buffer.value = allocate(ALLOCATE_BUFFER.name, { paged: true, cacheAligned: false }, Size, BUFFER_TAG);
  return Buffer.value === NULL ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

/**
 * Frees what VideoPortAllocateBuffer allocated.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Buffer memory from VideoPortAllocateBuffer
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreleasebuffer
 */
export function VideoPortReleaseBuffer(HwDeviceExtension: HwDeviceExtension, Buffer: PVOID): void {
  enter(RELEASE_BUFFER, HwDeviceExtension, Buffer);
  port.device(HwDeviceExtension, RELEASE_BUFFER.name);
  free(RELEASE_BUFFER.name, Buffer);
}

/** Says what pool is still allocated, for the report at stop; damaged blocks too. */
export function reportPoolLeaks(): void {
  const { observer, pool } = port;
  if (!observer) return;
  for (const block of pool.live) {
    const at = pool.damageOf(block);
    if (at >= 0) {
      observer.report(
        'pool-header',
        [DAMAGED, block.address, at, 0],
        `the pool block of ${block.bytes} bytes at ${hex(block.address)} (${tagText(block.tag)}) was written outside, at ${hex(at)}`,
        block.site,
      );
    }
    observer.report(
      'leak',
      [block.address, block.bytes, block.tag, 0],
      `${block.bytes} bytes of ${block.paged ? 'paged' : 'nonpaged'} pool at ${hex(block.address)} (${tagText(block.tag)}) were never freed`,
      block.site,
    );
  }
}
