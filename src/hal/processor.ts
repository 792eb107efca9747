/**
 * The one processor: its IRQL, its interrupts, its DPC queue, and the moment at which any of them runs: the safepoint.
 *
 * Interrupts cannot break into JavaScript, so they are delivered on entry to every port call, in every wait and between
 * callbacks, when the IRQL allows: HwVidInterrupt at DIRQL, then DPCs at DISPATCH_LEVEL as the IRQL drops. A safepoint
 * with nothing to do costs one atomic load.
 */
import {
  ATTENTION,
  ATTENTION_COMMAND,
  ATTENTION_GO,
  ATTENTION_INTERRUPT,
  ATTENTION_LEAVE,
  ATTENTION_PAUSE,
  ATTENTION_TIMER,
  ATTENTION_WATCHDOG,
  CALLBACK_COUNT,
  CALLBACK_NAME,
  CPU_HALTED,
  CPU_HELD,
  CPU_IDLE,
  CPU_RUNNING,
  CPU_STATE,
  CPU_WAITING,
  DPC_COUNT,
  INTERRUPT_COUNT,
} from '../bus/board-memory.ts';
import {
  KMODE_EXCEPTION_NOT_HANDLED,
  PAGE_FAULT_IN_NONPAGED_AREA,
  SYSTEM_THREAD_EXCEPTION_NOT_HANDLED,
  THREAD_STUCK_IN_DEVICE_DRIVER,
} from '../ddi/bug-checks.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { Observer, Parameters4 } from '../ddi/observer.ts';
import { PageFault } from '../memory/address-space.ts';

/** IRQL of RingGPU's interrupt line. */
export const DIRQL = 5;

/**
 * The callbacks and other contexts in which driver code runs. Their index goes to shared memory, so that the board's
 * watchdog can name the one that hangs.
 */
export const CALLBACKS = [
  'DriverEntry',
  'HwVidFindAdapter',
  'HwVidInitialize',
  'HwVidStartIO',
  'HwVidInterrupt',
  'HwVidDpcRoutine',
  'HwVidTimer',
  'HwVidSynchronizeExecutionCallback',
  'HwVidResetHw',
  'HwVidSetPowerState',
  'HwVidExecuteDma',
  'HwVidQueryNamedValueCallback',
  'HwVidQueryDeviceCallback',
  'HwVidBankedMemoryCallback',
  'HwVidBugcheckCallback',
  'HwVidGetPowerState',
  'HwVidGetVideoChildDescriptor',
  'HwVidLegacyResources',
] as const;
/** One of {@link CALLBACKS}. */
export type CallbackName = (typeof CALLBACKS)[number];

/** Bit of a callback in a mask of contexts. */
export function contextBit(name: CallbackName): number {
  return 1 << CALLBACKS.indexOf(name);
}

/** An interrupt source connected to the processor. */
export interface ConnectedInterrupt {
  readonly irql: number;
  /** Level of the line: asserted as long as the device wants attention. */
  readonly asserted: () => boolean;
  /** Runs the driver's HwVidInterrupt; false when it says that the interrupt was not its device's. */
  readonly service: () => boolean;
  /** VideoPortDisableInterrupt and a storm mask the line. */
  masked: boolean;
}

/** Hears when the driver is called and when it returns. */
export interface CallbackTrace {
  /** @param callback index in {@link CALLBACKS} */
  begin(callback: number, irql: number): void;
  end(callback: number): void;
}

/** Ends the machine: `KeBugCheckEx`. */
export type BugCheckHandler = (code: number, parameters: Parameters4, sentence: string, cause: unknown) => never;

/** What is for a held processor only. */
const HOLD_BITS = ATTENTION_PAUSE | ATTENTION_GO | ATTENTION_LEAVE;
/** A held processor looks up this often, should it ever miss its call. */
const HOLD_LOOK_MS = 1000;

/** Service calls in a row with the line still asserted, after which the machine gives up on the driver. */
const STORM = 1000;

export class Processor {
  /** Shared words: `board-memory.ts`. */
  readonly control: Int32Array;
  /** Current IRQL. Change it with raise and lower. */
  irql = PASSIVE_LEVEL;
  /** Bits of the callbacks that are on the stack. */
  context = 0;
  /** The innermost callback, or null between callbacks. */
  callback: CallbackName | null = null;
  observer: Observer | null = null;
  /** Null unless the machine is traced. */
  trace: CallbackTrace | null = null;
  /** Takes messages from the board that must not wait until the driver returns. */
  onCommand: (() => void) | null = null;
  /** A second has passed. */
  onTimer: (() => void) | null = null;
  /** The processor is held before the call of `name`. */
  onHold: ((name: string, parameters: readonly unknown[]) => void) | null = null;
  /** DPCs that have run since the queue was last empty: all of them while nothing below DISPATCH_LEVEL ran. */
  dpcsInRow = 0;
  /** Spin locks that are held. Whoever implements them counts here. */
  locksHeld = 0;
  /**
   * A callback returned and holds more locks than when it was called: those beyond `before`. Returns false when there is
   * nothing to say of them.
   */
  onLocksLeft: ((name: CallbackName, before: number) => boolean) | null = null;
  /**
   * Sleeps until `index` is no longer `value` or the time is over. Replaced in tests on a page's main thread, which may
   * not sleep.
   */
  sleep: (index: number, value: number, milliseconds: number) => void;

  readonly #bugCheck: BugCheckHandler;
  readonly #interrupts: ConnectedInterrupt[] = [];
  readonly #dpcs: (() => void)[] = [];
  #halted = false;
  #draining = false;
  /** Callbacks on the stack. */
  #depth = 0;
  /** Depth of the callback that has to return before the processor holds again; 0: none. */
  #leaving = 0;

  constructor(control: Int32Array, bugCheck: BugCheckHandler) {
    this.control = control;
    this.#bugCheck = bugCheck;
    this.sleep = (index, value, milliseconds) => {
      Atomics.wait(control, index, value, milliseconds);
    };
  }

  /** Connects an interrupt, highest IRQL first served. */
  connect(interrupt: ConnectedInterrupt): void {
    this.#interrupts.push(interrupt);
    this.#interrupts.sort((a, b) => b.irql - a.irql);
  }

  /** Bits of ATTENTION that are set. */
  get due(): number {
    return Atomics.load(this.control, ATTENTION);
  }

  /** Does what is due: one atomic load when nothing is. */
  safepoint(): void {
    if (this.due !== 0) this.#attend();
  }

  /**
   * Holds before the call of `name`, until the board lets the processor go on; not while it is on its way out of a
   * callback. Nothing is served meanwhile but messages, and for the watchdog no time passes.
   */
  hold(name: string, parameters: readonly unknown[]): void {
    const { control } = this;
    const leaving = this.#leaving !== 0 && this.#depth >= this.#leaving;
    if (this.#halted || (leaving && this.due & ATTENTION_LEAVE)) return;
    // Arguments are looked at in a hold, and a driver's proxy may call the port when it is looked at.
    if (Atomics.load(control, CPU_STATE) === CPU_HELD) return;
    // What was meant for an earlier hold is not for this one.
    Atomics.and(control, ATTENTION, ~(ATTENTION_GO | ATTENTION_LEAVE));
    const state = Atomics.exchange(control, CPU_STATE, CPU_HELD);
    this.onHold?.(name, parameters);
    let bits = this.due;
    for (; bits & ATTENTION_PAUSE && !(bits & ATTENTION_GO); bits = this.due) {
      if (bits & ATTENTION_COMMAND) this.onCommand?.();
      else this.sleep(ATTENTION, bits, HOLD_LOOK_MS);
    }
    Atomics.and(control, ATTENTION, ~ATTENTION_GO);
    this.#leaving = bits & ATTENTION_LEAVE ? this.#depth : 0;
    Atomics.add(control, CALLBACK_COUNT, 1);
    Atomics.store(control, CPU_STATE, state);
  }

  /** Raises the IRQL and returns the old one (KeRaiseIrql). */
  raise(irql: number): number {
    const old = this.irql;
    this.irql = irql;
    return old;
  }

  /** Lowers the IRQL; whatever it held back runs now (KeLowerIrql). */
  lower(irql: number): void {
    this.irql = irql;
    this.safepoint();
    this.#drainDpcs();
  }

  /** Queues deferred work: it runs at DISPATCH_LEVEL as soon as the IRQL is below (KeInsertQueueDpc). */
  queueDpc(routine: () => void): void {
    this.#dpcs.push(routine);
  }

  /**
   * Runs driver code as callback `name` at `irql`. What it throws is an exception that no one handled: a bug check.
   */
  run<T>(name: CallbackName, irql: number, body: () => T): T {
    const old = this.irql;
    const result = this.#call(name, irql, body);
    this.lower(old);
    return result;
  }

  /** The callback alone: afterwards the IRQL is what it was, and what is due has not been looked at. */
  #call<T>(name: CallbackName, irql: number, body: () => T): T {
    const { control, callback, context, locksHeld } = this;
    const old = this.raise(irql);
    this.callback = name;
    this.context = context | contextBit(name);
    this.#depth++;
    // Only the outermost is counted: interrupts served meanwhile must not hide from the watchdog a routine that polls
    // for ever.
    if (!callback) Atomics.add(control, CALLBACK_COUNT, 1);
    const index = CALLBACKS.indexOf(name);
    Atomics.store(control, CALLBACK_NAME, index);
    Atomics.store(control, CPU_STATE, CPU_RUNNING);
    this.trace?.begin(index, irql);
    try {
      const result = body();
      if (result instanceof Promise) {
        this.observer?.report(
          'callback-contract',
          [0, 0, 0, 0],
          `${name} returned a Promise: a callback must do its work before it returns, so it cannot be async. What stands behind its first await never runs.`,
        );
      }
      const lockTold = this.locksHeld > locksHeld && this.onLocksLeft?.(name, locksHeld) === true;
      if (this.irql !== irql && !lockTold) {
        this.observer?.report(
          'callback-contract',
          [this.irql, irql, 0, 0],
          `${name} returned at IRQL ${this.irql}; it was called at IRQL ${irql}`,
        );
      }
      return result;
    } catch (error) {
      return this.#exception(name, irql, error);
    } finally {
      this.trace?.end(index);
      if (--this.#depth < this.#leaving) this.#leaving = 0;
      this.callback = callback;
      this.context = context;
      this.irql = old;
      if (!callback) Atomics.add(control, CALLBACK_COUNT, 1);
      Atomics.store(control, CALLBACK_NAME, callback ? CALLBACKS.indexOf(callback) : -1);
      Atomics.store(control, CPU_STATE, this.#halted ? CPU_HALTED : callback ? CPU_RUNNING : CPU_IDLE);
    }
  }

  /** Stops the machine (KeBugCheckEx): does not return. */
  bugCheck(code: number, parameters: Parameters4, sentence: string, cause: unknown = new Error(sentence)): never {
    this.#halted = true;
    Atomics.store(this.control, CPU_STATE, CPU_HALTED);
    return this.#bugCheck(code, parameters, sentence, cause);
  }

  /** True after a bug check. */
  get halted(): boolean {
    return this.#halted;
  }

  /**
   * Sleeps until something asks for attention, `milliseconds` have passed, or at once when something is due already.
   * @param driverWaits true when driver code waits (the watchdog leaves it alone), false when the machine is idle
   */
  waitForAttention(milliseconds: number, driverWaits: boolean): void {
    const bits = Atomics.load(this.control, ATTENTION);
    // Bits that cannot be served now (a message for an idle machine, a hold, which waits for a call) must not keep us
    // awake.
    if (bits & ~HOLD_BITS & (driverWaits ? ~ATTENTION_COMMAND : ~0)) return;
    if (driverWaits) Atomics.store(this.control, CPU_STATE, CPU_WAITING);
    this.sleep(ATTENTION, bits, milliseconds);
    if (driverWaits) Atomics.store(this.control, CPU_STATE, CPU_RUNNING);
  }

  #attend(): void {
    const { control } = this;
    const bits = this.due;
    // Whoever was to go on has gone already; left over, they would make every call look here.
    if (bits & HOLD_BITS && !(bits & ATTENTION_PAUSE))
      Atomics.and(control, ATTENTION, ~(ATTENTION_GO | ATTENTION_LEAVE));
    if (bits & ATTENTION_WATCHDOG) {
      Atomics.and(control, ATTENTION, ~ATTENTION_WATCHDOG);
      if (this.callback) {
        this.bugCheck(
          THREAD_STUCK_IN_DEVICE_DRIVER,
          [0, 0, 0, 0],
          `${this.callback} has been running too long: a miniport may not poll its hardware without end`,
        );
      }
    }
    if (bits & ATTENTION_COMMAND) this.onCommand?.();
    if (bits & ATTENTION_TIMER && this.irql < DISPATCH_LEVEL) {
      Atomics.and(control, ATTENTION, ~ATTENTION_TIMER);
      this.onTimer?.();
    }
    if (bits & ATTENTION_INTERRUPT) this.#deliver();
    this.#drainDpcs();
  }

  #deliver(): void {
    // Nobody will serve it, so it must not keep the processor awake. Unmasking sets the bit again.
    if (this.#interrupts.every((interrupt) => interrupt.masked))
      Atomics.and(this.control, ATTENTION, ~ATTENTION_INTERRUPT);
    for (const interrupt of this.#interrupts) {
      if (interrupt.masked || this.irql >= interrupt.irql) continue;
      // Cleared before the line is looked at: whoever asserts it afterwards sets the bit again.
      Atomics.and(this.control, ATTENTION, ~ATTENTION_INTERRUPT);
      let spins = 0;
      while (interrupt.asserted()) {
        // What its DPC has to do waits until the line is quiet.
        const ours = this.#call('HwVidInterrupt', interrupt.irql, interrupt.service);
        if (ours) Atomics.add(this.control, INTERRUPT_COUNT, 1);
        if (++spins < STORM && ours) continue;
        if (!interrupt.asserted()) break;
        interrupt.masked = true;
        this.observer?.report(
          'interrupt-storm',
          [spins, ours ? 1 : 0, 0, 0],
          ours
            ? `HwVidInterrupt returned TRUE ${spins} times in a row and the line is still asserted: it does not clear INT_STATUS. The line is masked from now on.`
            : 'HwVidInterrupt returned FALSE, yet its device asserts the line and nobody else shares it. The line is masked from now on.',
        );
        break;
      }
    }
  }

  #drainDpcs(): void {
    // A routine that lowers the IRQL comes here again: the loop that called it goes on, not a new one inside it.
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#dpcs.length > 0 && this.irql < DISPATCH_LEVEL && !this.#halted) {
        const routine = this.#dpcs.shift() as () => void;
        Atomics.add(this.control, DPC_COUNT, 1);
        this.dpcsInRow++;
        routine();
      }
    } finally {
      this.#draining = false;
      this.dpcsInRow = 0;
    }
  }

  #exception(name: CallbackName, irql: number, error: unknown): never {
    // Already crashed: a test's handler throws to leave the driver, and so may a driver's own code on the way out.
    if (this.#halted) throw error;
    if (isPageFault(error)) {
      return this.bugCheck(PAGE_FAULT_IN_NONPAGED_AREA, [error.address, 0, 0, 0], error.message, error);
    }
    const text = describe(error);
    const code = irql >= DISPATCH_LEVEL ? KMODE_EXCEPTION_NOT_HANDLED : SYSTEM_THREAD_EXCEPTION_NOT_HANDLED;
    return this.bugCheck(code, [0xe0000001, 0, 0, 0], `${name} threw ${text}`, error);
  }
}

/** What was thrown, in words. It may be anything, and looking at it may throw again. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : (JSON.stringify(error) ?? String(error));
  } catch {
    return 'something that cannot be looked at';
  }
}

/** `instanceof` asks the object's prototype, and a proxy may throw at that too. */
function isPageFault(error: unknown): error is PageFault {
  try {
    return error instanceof PageFault;
  } catch {
    return false;
  }
}
