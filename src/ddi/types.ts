/**
 * The DDK's basic types as a TypeScript miniport sees them. Numbers for everything up to 32 bits, bigint for 64-bit
 * integers, and a pointer is a number: an address that means nothing to JavaScript.
 */

/** Address in the machine's virtual space; 0 is NULL. */
export type PVOID = number;
/** Unsigned 32-bit number. */
export type ULONG = number;
/** Unsigned 16-bit number. */
export type USHORT = number;
/** Unsigned 8-bit number. */
export type UCHAR = number;
/** Signed 32-bit number. */
export type LONG = number;
/** TRUE or FALSE. */
export type BOOLEAN = boolean;
/** Signed 64-bit number. */
export type LARGE_INTEGER = bigint;
/**
 * Physical, bus-relative or logical address: 64 bits. Which of the three is the caller's to know, and never the same
 * number.
 */
export type PHYSICAL_ADDRESS = bigint;
/** Win32 error number: `status.ts`. */
export type VP_STATUS = number;
/** NT status, as DriverEntry returns it. */
export type NTSTATUS = number;

/** Handle of a DMA adapter, from VideoPortGetDmaAdapter. Opaque: no member is public. */
export type PVP_DMA_ADAPTER = number;
/** Handle of an event, from VideoPortCreateEvent. */
export type PEVENT = number;
/** Handle of a spin lock, from VideoPortCreateSpinLock. */
export type PSPIN_LOCK = number;
/** Handle of the DMA functions of Windows NT 4. */
export type PDMA = number;
/** Handle of a user process, or 0. */
export type HANDLE = number;

/** The NULL pointer, which is also what a failed allocation returns. */
export const NULL = 0;
export const TRUE = true;
export const FALSE = false;

/** Bytes in a page. */
export const PAGE_SIZE = 4096;

/** An `[out]` or `[in, out]` parameter: the callee writes `value`. */
export interface Out<T> {
  value: T;
}

/**
 * Makes an `[out]` parameter. Its value is undefined until a call has written it, or `initial` for `[in, out]` ones.
 *
 *     const logical = out<PHYSICAL_ADDRESS>();
 *     const virtual = VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, false, NULL);
 */
export function out<T>(initial?: T): Out<T> {
  return { value: initial as T };
}

/** Low 32 bits of an address, for a device register (LARGE_INTEGER.LowPart). */
export function LowPart(address: bigint): ULONG {
  return Number(address & 0xffff_ffffn);
}

/** High 32 bits of an address (LARGE_INTEGER.HighPart). */
export function HighPart(address: bigint): ULONG {
  return Number((address >> 32n) & 0xffff_ffffn);
}
