/**
 * Spin locks: VideoPortCreateSpinLock, DeleteSpinLock, AcquireSpinLock, ReleaseSpinLock, and the forms for code that is
 * at DISPATCH_LEVEL already. On one processor a lock that is held can only be held by the code that asks for it: it
 * would spin for ever, so asking is a deadlock.
 */
import { SPIN_LOCK_ALREADY_OWNED, SPIN_LOCK_NOT_OWNED } from '../ddi/bug-checks.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { Site } from '../ddi/observer.ts';
import { ERROR_INVALID_PARAMETER, NO_ERROR } from '../ddi/status.ts';
import { NULL, type Out, type PSPIN_LOCK, type UCHAR, type VP_STATUS } from '../ddi/types.ts';
import type { CallbackName } from '../hal/processor.ts';
import { hex } from '../memory/address-space.ts';
import { checkOut } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { perPort } from './per-port.ts';
import { port } from './port.ts';

const CREATE = callRule('VideoPortCreateSpinLock', PASSIVE_LEVEL);
const DELETE = callRule('VideoPortDeleteSpinLock', DISPATCH_LEVEL);
const ACQUIRE = callRule('VideoPortAcquireSpinLock', DISPATCH_LEVEL);
const RELEASE = callRule('VideoPortReleaseSpinLock', DISPATCH_LEVEL, { minIrql: DISPATCH_LEVEL });
const ACQUIRE_AT_DPC = callRule('VideoPortAcquireSpinLockAtDpcLevel', DISPATCH_LEVEL, { minIrql: DISPATCH_LEVEL });
const RELEASE_FROM_DPC = callRule('VideoPortReleaseSpinLockFromDpcLevel', DISPATCH_LEVEL, { minIrql: DISPATCH_LEVEL });

interface SpinLock {
  readonly spinLock: true;
  /** IRQL at which it was acquired, to which the release returns; null when it is free. */
  heldFrom: number | null;
  readonly site: Site | undefined;
  /** Where it was acquired, and with which function. */
  acquired: { readonly caller: string; readonly site: Site | undefined } | null;
  /** It was told already that a callback returned with it. */
  told: boolean;
}

const isSpinLock = (object: object): object is SpinLock => 'spinLock' in object;

/** Locks that are held, the last acquired last. */
const held = perPort<SpinLock[]>(() => []);

function lockOf(handle: PSPIN_LOCK, caller: string): SpinLock | undefined {
  const lock = port.handles.get(handle, isSpinLock);
  if (!lock) {
    port.observer?.report(
      'bad-argument',
      [Number(handle), 0, 0, 0],
      `${caller}: ${hex(Number(handle))} is no spin lock that VideoPortCreateSpinLock made, or it was deleted`,
    );
  }
  return lock;
}

/**
 * Makes a spin lock, free.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock out: the lock
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER without a place for it
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcreatespinlock
 */
export function VideoPortCreateSpinLock(HwDeviceExtension: HwDeviceExtension, SpinLock: Out<PSPIN_LOCK>): VP_STATUS {
  enter(CREATE, HwDeviceExtension, SpinLock);
  port.device(HwDeviceExtension, CREATE.name);
  if (!checkOut<PSPIN_LOCK>(SpinLock, CREATE.name, 'SpinLock')) return ERROR_INVALID_PARAMETER;
  const lock: SpinLock = { spinLock: true, heldFrom: null, site: port.observer?.site(), acquired: null, told: false };
  SpinLock.value = port.handles.add(lock);
  return NO_ERROR;
}

/**
 * Deletes a spin lock, which nobody may hold. Not from HwVidInterrupt, nor from a synchronisation callback of medium or
 * high priority.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock lock from VideoPortCreateSpinLock
 * @returns NO_ERROR
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportdeletespinlock
 */
export function VideoPortDeleteSpinLock(HwDeviceExtension: HwDeviceExtension, SpinLock: PSPIN_LOCK): VP_STATUS {
  enter(DELETE, HwDeviceExtension, SpinLock);
  port.device(HwDeviceExtension, DELETE.name);
  const lock = lockOf(SpinLock, DELETE.name);
  if (!lock) return NO_ERROR;
  if (lock.heldFrom !== null) {
    port.observer?.report(
      'lock-held',
      [SpinLock, 0, 0, 0],
      `${DELETE.name}: the lock ${hex(SpinLock)} is held: release it first`,
    );
    forget(lock);
  }
  port.handles.remove(SpinLock);
  return NO_ERROR;
}

/** Takes a lock off the list of those that are held. */
function forget(lock: SpinLock): void {
  const locks = held();
  locks.splice(locks.indexOf(lock), 1);
  lock.heldFrom = null;
  port.processor.locksHeld = locks.length;
}

/** Address of a lock. */
const addressOf = (lock: SpinLock): number =>
  [...port.handles.entries(isSpinLock)].find(([, other]) => other === lock)?.[0] ?? NULL;

/** What the driver itself calls, and goes on after: these may return with a lock that their caller releases. */
const WITHIN_A_CALL: readonly CallbackName[] = [
  'HwVidSynchronizeExecutionCallback',
  'HwVidExecuteDma',
  'HwVidQueryNamedValueCallback',
  'HwVidQueryDeviceCallback',
  'HwVidBankedMemoryCallback',
];

/** Says that a callback returned with locks which it acquired: whoever wants them next spins for ever. */
function reportLocksLeft(name: CallbackName, before: number): boolean {
  if (WITHIN_A_CALL.includes(name)) return false;
  for (const lock of held().slice(before)) {
    const handle = addressOf(lock);
    lock.told = true;
    port.observer?.report(
      'lock-held',
      [handle, port.processor.irql, 0, 0],
      `${name} returned at IRQL ${port.processor.irql} with the spin lock ${hex(handle)}, which it acquired here with ${lock.acquired?.caller}, still held`,
      lock.acquired?.site,
    );
  }
  return true;
}

/** Takes a lock at the present IRQL. */
function take(handle: PSPIN_LOCK, from: number, caller: string): void {
  const lock = lockOf(handle, caller);
  if (!lock) return;
  if (lock.heldFrom !== null) {
    const sentence = `${caller}: the lock ${hex(handle)} is held already, by this same processor: it would spin for ever`;
    if (port.observer) port.observer.report('spin-lock-recursive', [handle, 0, 0, 0], sentence);
    else port.processor.bugCheck(SPIN_LOCK_ALREADY_OWNED, [handle, 0, 0, 0], sentence);
    return;
  }
  lock.heldFrom = from;
  lock.acquired = { caller, site: port.observer?.site() };
  lock.told = false;
  const { processor } = port;
  processor.locksHeld = held().push(lock);
  processor.onLocksLeft = reportLocksLeft;
}

/** Lets go of a lock. Returns the IRQL at which it was acquired, or null when it is none that is held. */
function letGo(handle: PSPIN_LOCK, caller: string): number | null {
  const lock = lockOf(handle, caller);
  if (!lock) return null;
  const { heldFrom } = lock;
  if (heldFrom === null) {
    const sentence = `${caller}: the lock ${hex(handle)} is not held: released twice, or never acquired`;
    if (port.observer) port.observer.report('spin-lock-not-held', [handle, 0, 0, 0], sentence);
    else port.processor.bugCheck(SPIN_LOCK_NOT_OWNED, [handle, 0, 0, 0], sentence);
    return null;
  }
  const locks = held();
  const last = locks.at(-1);
  if (last !== lock) {
    const first = last ? addressOf(last) : NULL;
    port.observer?.report(
      'spin-lock-order',
      [handle, first, 0, 0],
      `${caller}: the lock ${hex(first)} was acquired after ${hex(handle)} and must be released before it`,
    );
  }
  forget(lock);
  return heldFrom;
}

/**
 * Raises the IRQL to DISPATCH_LEVEL and acquires a spin lock.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock lock from VideoPortCreateSpinLock
 * @param OldIrql out: the IRQL before, to be given to VideoPortReleaseSpinLock
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportacquirespinlock
 */
export function VideoPortAcquireSpinLock(
  HwDeviceExtension: HwDeviceExtension,
  SpinLock: PSPIN_LOCK,
  OldIrql: Out<UCHAR>,
): void {
  enter(ACQUIRE, HwDeviceExtension, SpinLock, OldIrql);
  port.device(HwDeviceExtension, ACQUIRE.name);
  const oldIrql = checkOut<UCHAR>(OldIrql, ACQUIRE.name, 'OldIrql') ? OldIrql : null;
  const old = port.processor.raise(DISPATCH_LEVEL);
  take(SpinLock, old, ACQUIRE.name);
  if (oldIrql) oldIrql.value = old;
}

/**
 * Releases a spin lock and returns to the IRQL before.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock lock from VideoPortCreateSpinLock
 * @param NewIrql what VideoPortAcquireSpinLock gave through OldIrql
 * @irql DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreleasespinlock
 */
export function VideoPortReleaseSpinLock(
  HwDeviceExtension: HwDeviceExtension,
  SpinLock: PSPIN_LOCK,
  NewIrql: UCHAR,
): void {
  enter(RELEASE, HwDeviceExtension, SpinLock, NewIrql);
  port.device(HwDeviceExtension, RELEASE.name);
  const saved = letGo(SpinLock, RELEASE.name);
  if (saved === null) return;
  if (saved !== NewIrql) {
    port.observer?.report(
      'spin-lock-irql',
      [port.processor.irql, Number(NewIrql), saved, 0],
      `${RELEASE.name}: NewIrql is ${String(NewIrql)}; the lock was acquired at IRQL ${saved}`,
    );
  }
  port.processor.lower(Number(NewIrql));
}

/**
 * Acquires a spin lock in code that runs at DISPATCH_LEVEL: a DPC, the timer.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock lock from VideoPortCreateSpinLock
 * @irql DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportacquirespinlockatdpclevel
 */
export function VideoPortAcquireSpinLockAtDpcLevel(HwDeviceExtension: HwDeviceExtension, SpinLock: PSPIN_LOCK): void {
  enter(ACQUIRE_AT_DPC, HwDeviceExtension, SpinLock);
  port.device(HwDeviceExtension, ACQUIRE_AT_DPC.name);
  take(SpinLock, DISPATCH_LEVEL, ACQUIRE_AT_DPC.name);
}

/**
 * Releases a spin lock that VideoPortAcquireSpinLockAtDpcLevel acquired. The IRQL stays.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param SpinLock lock from VideoPortCreateSpinLock
 * @irql DISPATCH_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreleasespinlockfromdpclevel
 */
export function VideoPortReleaseSpinLockFromDpcLevel(HwDeviceExtension: HwDeviceExtension, SpinLock: PSPIN_LOCK): void {
  enter(RELEASE_FROM_DPC, HwDeviceExtension, SpinLock);
  port.device(HwDeviceExtension, RELEASE_FROM_DPC.name);
  const saved = letGo(SpinLock, RELEASE_FROM_DPC.name);
  if (saved !== null && saved < DISPATCH_LEVEL) {
    port.observer?.report(
      'spin-lock-irql',
      [port.processor.irql, DISPATCH_LEVEL, saved, 0],
      `${RELEASE_FROM_DPC.name}: the lock was acquired with VideoPortAcquireSpinLock at IRQL ${saved}; VideoPortReleaseSpinLock is its opposite`,
    );
  }
}

/** Says which spin locks are held or were never deleted, for the report at stop. */
export function reportSpinLockLeaks(): void {
  for (const [handle, lock] of port.handles.entries(isSpinLock)) {
    if (lock.heldFrom !== null && !lock.told) {
      port.observer?.report(
        'lock-held',
        [handle, 0, 0, 0],
        `the spin lock ${hex(handle)}, acquired here with ${lock.acquired?.caller}, is still held`,
        lock.acquired?.site,
      );
    }
    port.observer?.report(
      'leak',
      [handle, 0, 0, 0],
      `the spin lock ${hex(handle)} was never deleted with VideoPortDeleteSpinLock`,
      lock.site,
    );
  }
}
