/**
 * The one interface through which the rooms below (memory, bus, HAL, port, devices) say that a rule was
 * broken. The verifier implements it; a machine without a verifier (`--no-verifier`) has none, and then
 * each room goes on as a free build of Windows would.
 */

/**
 * The rules, by name. `src/verifier/catalogue.ts` says for each what it is called in Windows, whether a
 * kernel would crash on it, and which page documents it.
 */
export type Rule =
  /**
   * A DDI function called above (or below) the IRQL that its page allows. Parameters: current IRQL, allowed IRQL, 0, 0.
   */
  | 'irql'
  /** The same for the DMA family, which Driver Verifier reports as 0xE6/13. */
  | 'dma-irql'
  /** A DDI function called from a callback in which its page forbids it. */
  | 'call-context'
  /** A waiting call at DISPATCH_LEVEL or above. */
  | 'wait-irql'
  /**
   * A common buffer released that is not allocated (twice, or never). Parameters: excess count, virtual address, 0, 0.
   */
  | 'release-unknown'
  /** A release whose length, addresses, adapter or cache flag are not those of the allocation. */
  | 'release-mismatch'
  /** VideoPortPutDmaAdapter with common buffers outstanding. Parameters: adapter, count, 0, 0. */
  | 'put-with-buffers'
  /** An adapter used after VideoPortPutDmaAdapter. */
  | 'adapter-released'
  /** NULL, or something that never was an adapter, where an adapter belongs. */
  | 'adapter-null'
  /**
   * Bytes outside a common buffer were written: its padding is damaged. Parameters: 4 before / 5 after, buffer,
   * address, 0.
   */
  | 'overrun'
  /** A view that reaches past the end of the common buffer in which it begins. */
  | 'view-past-end'
  /** Common buffers, adapters, pool, locks, events … still allocated when the machine stopped. */
  | 'leak'
  /** The device used a logical address that no adapter maps, or wrote through a read-only mapping. */
  | 'dma-unmapped'
  /** A common buffer released while a submission that uses it was in flight. */
  | 'released-in-flight'
  /** The device refused a packet: unknown opcode, bad length, ring tail outside the ring … */
  | 'device-fault'
  /** The interrupt line stays asserted although HwVidInterrupt ran again and again. */
  | 'interrupt-storm'
  /** An argument that the function's page forbids. */
  | 'bad-argument'
  /** A DDK rule about what a callback returns or leaves behind. */
  | 'callback-contract'
  /** Pool freed twice, freed where none was, or called for at the wrong IRQL. Parameters: Windows' own for 0xC2. */
  | 'pool-caller'
  /** A pool block whose surroundings were written. Parameters: 0x20, block, address of the damage, 0. */
  | 'pool-header'
  /** A pool allocation of 0 bytes. Parameters: IRQL, pool type, 0, 0. */
  | 'pool-zero'
  /** A view that reaches outside the pool block in which it begins, or into a freed one. */
  | 'pool-view'
  /** Paged memory touched at DISPATCH_LEVEL or above. Parameters: address, IRQL, 0 read / 1 write, 0. */
  | 'paged-access'
  /** Memory freed that is locked for DMA. */
  | 'freed-locked'
  /** Pages unlocked that are not locked. */
  | 'unlock-unknown'
  /** Pages still locked when the machine stopped. */
  | 'locked-pages'
  /** A spin lock acquired by who holds it already. */
  | 'spin-lock-recursive'
  /** A spin lock released before one that was acquired after it. Parameters: lock, the one to be released first, 0. */
  | 'spin-lock-order'
  /** A spin lock released that is not held. */
  | 'spin-lock-not-held'
  /** A spin lock released to another IRQL than the one at which it was acquired. Parameters: current, given, saved. */
  | 'spin-lock-irql'
  /** A lock deleted while held, still held when the callback that acquired it returned, or at the end. */
  | 'lock-held'
  /** Packet DMA on memory that VideoPortLockBuffer did not lock. */
  | 'dma-unlocked'
  /** Packet DMA of more bytes than the locked buffer has. Parameters: missing bytes, 0, 0, 0. */
  | 'dma-short'
  /** Packet DMA of 0 bytes. */
  | 'dma-zero'
  /** A scatter/gather list completed that is not (or no longer) mapped. Parameters: allocated, freed, 0, 0. */
  | 'list-unknown'
  /** VideoPortPutDmaAdapter with scatter/gather lists outstanding. Parameters: adapter, count, 0, 0. */
  | 'put-with-lists'
  /** Packet DMA completed, or asked for, in a direction that is not that of its beginning. */
  | 'dma-direction';

/**
 * Where the driver was at some moment: the stack is kept raw and turned into file, line and column only when it is
 * shown.
 */
export interface Site {
  /** Carries the stack of that moment. */
  readonly error: Error;
}

/** The four parameters of a bug check or finding, as Windows prints them. */
export type Parameters4 = readonly [number | bigint, number | bigint, number | bigint, number | bigint];

/** What rooms report to. Implemented by `src/verifier/verifier.ts`. */
export interface Observer {
  /**
   * Says that `rule` was broken. May not return: where a kernel would crash, the observer stops the machine.
   * @param sentence what happened, naming the function and the values, for people
   * @param site where, if not at the driver's present call (a leak is reported where the buffer was allocated)
   */
  report(rule: Rule, parameters: Parameters4, sentence: string, site?: Site): void;
  /** Where the driver is now, to be given to `report` later. */
  site(): Site;
}
