/**
 * Everything that the CPU worker and the board share, in one place: this file is the contract between the
 * processor's wing (HAL, port) and the device's wing (engine), which otherwise do not know each other.
 *
 *   ram        the machine's memory: the driver's virtual addresses are byte offsets into it
 *   control    words with which either side gets the other's attention, below
 *   registers  the device's register file, as 32-bit words: word n is the register at byte offset 4n of BAR 0
 *   iommu      page tables and invalidation queue of the IOMMU: `iommu.ts`
 *   local      the processor's window onto the device's local memory: `local-memory.ts`
 *   frames     for each physical frame number, 1 + the RAM page that holds it (0: no such frame)
 *   events     messages from CPU to board (log, findings, state)
 *   commands   messages from board to CPU (run a VRP, stop)
 */
import { SharedRing } from '../memory/shared-ring.ts';

/** Bytes in a page, and in every granule of the machine. */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** What is sent to the worker at boot: only shared buffers, so both sides see the same bytes. */
export interface BoardMemory {
  readonly ram: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly registers: SharedArrayBuffer;
  readonly iommu: SharedArrayBuffer;
  readonly local: SharedArrayBuffer;
  readonly frames: SharedArrayBuffer;
  readonly events: SharedArrayBuffer;
  readonly commands: SharedArrayBuffer;
}

/* Words of `control`, an Int32Array. */

/**
 * Bits that ask for the processor's attention; a safepoint loads this word and nothing else. CPU waits on it with
 * Atomics.wait.
 */
export const ATTENTION = 0;
/**
 * Counts everything that asks for the device's attention: doorbells, resets, IOMMU changes, events. The board waits on
 * it with Atomics.waitAsync.
 */
export const DEVICE_ATTENTION = 1;
/** Odd while the engine writes RAM. Whoever unmaps a page waits, after clearing its PTE, until this is even. */
export const LANDING = 2;
/** What the processor does: one of the CPU_ values. */
export const CPU_STATE = 3;
/**
 * Counts outermost callbacks entered and left, so that the watchdog can tell one long callback from many short ones;
 * and holds, so that it leaves alone a callback that someone steps through.
 */
export const CALLBACK_COUNT = 4;
/** Index in the list of callback names of the callback that runs now. */
export const CALLBACK_NAME = 5;
/** Interrupts delivered: HwVidInterrupt calls that returned TRUE. */
export const INTERRUPT_COUNT = 6;
/** DPC routines run. */
export const DPC_COUNT = 7;
/** Writes of RING_TAIL. */
export const DOORBELL_COUNT = 8;
/** VideoPort functions entered since boot (modulo 2³²). */
export const CALL_COUNT = 9;
export const CONTROL_WORDS = 64;

/* Bits of ATTENTION. */

/** The device's interrupt line may have been asserted. */
export const ATTENTION_INTERRUPT = 1;
/** A message waits in `commands`. */
export const ATTENTION_COMMAND = 2;
/** About a second has passed since the last one: HwVidTimer is due if enabled. */
export const ATTENTION_TIMER = 4;
/** The watchdog found one callback running too long: bug check 0xEA at the next safepoint. */
export const ATTENTION_WATCHDOG = 8;
/** Hold before every call of the port, each time until ATTENTION_GO comes or this bit goes. */
export const ATTENTION_PAUSE = 16;
/** A processor that is held goes on. */
export const ATTENTION_GO = 32;
/** Beside ATTENTION_GO: and does not hold again before the callback that it is in has returned. */
export const ATTENTION_LEAVE = 64;

/* Values of CPU_STATE. */

/** Between callbacks. */
export const CPU_IDLE = 0;
/** Driver code runs. */
export const CPU_RUNNING = 1;
/** Driver code sleeps in VideoPortWaitForSingleObject. */
export const CPU_WAITING = 2;
/** Crashed: nothing more will run. */
export const CPU_HALTED = 3;
/** Held before a call of the port, on ATTENTION_PAUSE. */
export const CPU_HELD = 4;

/** Bytes of the register file: one page, as BAR 0 is one page. */
export const REGISTER_BYTES = PAGE_SIZE;

/** Bytes of the device's local memory: room for a picture of 3840 × 2160. */
export const LOCAL_MEMORY_BYTES = 32 * 1024 * 1024;
/** A bit for each word of it, and one for each page: see `local-memory.ts`. */
const LOCAL_MASK_BYTES = LOCAL_MEMORY_BYTES / 32 + LOCAL_MEMORY_BYTES / PAGE_SIZE / 8;

/** Physical frame numbers run below this multiple of the number of RAM pages, so that frames can lie scattered. */
export const FRAME_SPREAD = 2;

/** First word of the leaf tables within `iommu`; see `iommu.ts` for the whole layout. */
const IOMMU_BYTES = 5 * 1024 * 1024;

/**
 * Makes the shared memory of a machine with `ramBytes` of RAM, a multiple of 64 KiB up to 1 GiB. Throws RangeError when
 * the browser has not that much.
 */
export function createBoardMemory(ramBytes: number): BoardMemory {
  if (ramBytes < 1024 * 1024 || ramBytes > 1024 ** 3 || ramBytes % 65536 !== 0) {
    throw new RangeError(`createBoardMemory: RAM must be 1 MiB to 1 GiB in steps of 64 KiB, not ${ramBytes} bytes`);
  }
  const pages = ramBytes / 65536;
  return {
    ram: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    registers: new SharedArrayBuffer(REGISTER_BYTES),
    iommu: new SharedArrayBuffer(IOMMU_BYTES),
    local: new SharedArrayBuffer(LOCAL_MEMORY_BYTES + LOCAL_MASK_BYTES),
    frames: new SharedArrayBuffer((ramBytes / PAGE_SIZE) * FRAME_SPREAD * 4),
    events: SharedRing.buffer(256 * 1024),
    commands: SharedRing.buffer(64 * 1024),
  };
}

/** Asks for the processor's attention: sets bits of ATTENTION and wakes a waiting processor. */
export function signalProcessor(control: Int32Array, bits: number): void {
  Atomics.or(control, ATTENTION, bits);
  Atomics.notify(control, ATTENTION);
}

/** Asks for the device's attention. */
export function signalDevice(control: Int32Array): void {
  Atomics.add(control, DEVICE_ATTENTION, 1);
  Atomics.notify(control, DEVICE_ATTENTION);
}
