/**
 * Events: VideoPortCreateEvent, DeleteEvent, SetEvent, ClearEvent, ReadStateEvent, and VideoPortWaitForSingleObject.
 */
import { DISPATCH_LEVEL, INITIAL_EVENT_SIGNALED, NOTIFICATION_EVENT, PASSIVE_LEVEL } from '../ddi/constants.ts';
import type { HwDeviceExtension } from '../ddi/miniport.ts';
import type { Site } from '../ddi/observer.ts';
import { ERROR_INVALID_PARAMETER, NO_ERROR, WAIT_TIMEOUT } from '../ddi/status.ts';
import type { LARGE_INTEGER, LONG, NULL, Out, PEVENT, PVOID, ULONG, VP_STATUS } from '../ddi/types.ts';
import { milliseconds, systemTime } from '../hal/clock.ts';
import { hex } from '../memory/address-space.ts';
import { checkBits, checkOut, isNull, reportArgument } from './arguments.ts';
import { callRule, enter } from './call-rules.ts';
import { port } from './port.ts';

const CREATE = callRule('VideoPortCreateEvent', PASSIVE_LEVEL);
const DELETE = callRule('VideoPortDeleteEvent', DISPATCH_LEVEL);
const SET = callRule('VideoPortSetEvent', DISPATCH_LEVEL);
const CLEAR = callRule('VideoPortClearEvent', DISPATCH_LEVEL);
const READ_STATE = callRule('VideoPortReadStateEvent', DISPATCH_LEVEL);
const WAIT = callRule('VideoPortWaitForSingleObject', DISPATCH_LEVEL);

/** 100 ns ticks in a millisecond. */
const TICKS_PER_MS = 10_000;

interface KernelEvent {
  signalled: boolean;
  /** A wait that succeeds resets it (SynchronizationEvent). */
  readonly autoReset: boolean;
  readonly site: Site | undefined;
}

const isEvent = (object: object): object is KernelEvent => 'autoReset' in object;

function eventOf(handle: PEVENT, caller: string): KernelEvent | undefined {
  const event = port.handles.get(handle, isEvent);
  if (!event)
    port.observer?.report(
      'bad-argument',
      [Number(handle), 0, 0, 0],
      `${caller}: ${hex(Number(handle))} is no event that VideoPortCreateEvent made, or it was deleted`,
    );
  return event;
}

/**
 * Creates an event.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param EventFlag NOTIFICATION_EVENT: stays signalled until cleared, otherwise one wait resets it;
 *   INITIAL_EVENT_SIGNALED
 * @param Unused NULL
 * @param ppEvent out: the event
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER without a place for the event
 * @irql PASSIVE_LEVEL
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportcreateevent
 */
export function VideoPortCreateEvent(
  HwDeviceExtension: HwDeviceExtension,
  EventFlag: ULONG,
  Unused: PVOID | null,
  ppEvent: Out<PEVENT>,
): VP_STATUS {
  enter(CREATE, HwDeviceExtension, EventFlag, Unused, ppEvent);
  void Unused;
  port.device(HwDeviceExtension, CREATE.name);
  if (!checkBits(EventFlag, CREATE.name, 'EventFlag')) return ERROR_INVALID_PARAMETER;
  if (!checkOut<PEVENT>(ppEvent, CREATE.name, 'ppEvent')) return ERROR_INVALID_PARAMETER;
  const event: KernelEvent = {
    signalled: (EventFlag & INITIAL_EVENT_SIGNALED) !== 0,
    autoReset: (EventFlag & NOTIFICATION_EVENT) === 0,
    site: port.observer?.site(),
  };
  ppEvent.value = port.handles.add(event);
  return NO_ERROR;
}

/**
 * Deletes an event.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pEvent event from VideoPortCreateEvent
 * @returns NO_ERROR, or ERROR_INVALID_PARAMETER when it is none
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportdeleteevent
 */
export function VideoPortDeleteEvent(HwDeviceExtension: HwDeviceExtension, pEvent: PEVENT): VP_STATUS {
  enter(DELETE, HwDeviceExtension, pEvent);
  port.device(HwDeviceExtension, DELETE.name);
  if (!eventOf(pEvent, DELETE.name)) return ERROR_INVALID_PARAMETER;
  port.handles.remove(pEvent);
  return NO_ERROR;
}

/**
 * Signals an event. Not from HwVidInterrupt: queue a DPC.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pEvent event from VideoPortCreateEvent
 * @returns its state before: not 0 when it was signalled already
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportsetevent
 */
export function VideoPortSetEvent(HwDeviceExtension: HwDeviceExtension, pEvent: PEVENT): LONG {
  enter(SET, HwDeviceExtension, pEvent);
  port.device(HwDeviceExtension, SET.name);
  const event = eventOf(pEvent, SET.name);
  if (!event) return 0;
  const before = event.signalled;
  event.signalled = true;
  return before ? 1 : 0;
}

/**
 * Resets an event.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pEvent event from VideoPortCreateEvent
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportclearevent
 */
export function VideoPortClearEvent(HwDeviceExtension: HwDeviceExtension, pEvent: PEVENT): void {
  enter(CLEAR, HwDeviceExtension, pEvent);
  port.device(HwDeviceExtension, CLEAR.name);
  const event = eventOf(pEvent, CLEAR.name);
  if (event) event.signalled = false;
}

/**
 * Tells whether an event is signalled.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param pEvent event from VideoPortCreateEvent
 * @returns not 0 when it is
 * @irql DISPATCH_LEVEL or lower
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportreadstateevent
 */
export function VideoPortReadStateEvent(HwDeviceExtension: HwDeviceExtension, pEvent: PEVENT): LONG {
  enter(READ_STATE, HwDeviceExtension, pEvent);
  port.device(HwDeviceExtension, READ_STATE.name);
  return eventOf(pEvent, READ_STATE.name)?.signalled ? 1 : 0;
}

/**
 * Waits until an event is signalled. Interrupts and DPCs run meanwhile.
 *
 * @param HwDeviceExtension the extension of the device, as the port hands it to every callback
 * @param Object event from VideoPortCreateEvent
 * @param Timeout 100 ns units: NULL waits for ever; negative is from now on; positive is a system time; 0 only looks.
 *   At DISPATCH_LEVEL it must be 0.
 * @returns NO_ERROR, WAIT_TIMEOUT, or ERROR_INVALID_PARAMETER when Object is no event or Timeout no time
 * @irql DISPATCH_LEVEL or lower; at DISPATCH_LEVEL only with a Timeout of 0
 * @see https://learn.microsoft.com/windows-hardware/drivers/ddi/video/nf-video-videoportwaitforsingleobject
 */
export function VideoPortWaitForSingleObject(
  HwDeviceExtension: HwDeviceExtension,
  Object: PVOID,
  Timeout?: Out<LARGE_INTEGER> | LARGE_INTEGER | typeof NULL | null,
): VP_STATUS {
  enter(WAIT, HwDeviceExtension, Object, Timeout);
  port.device(HwDeviceExtension, WAIT.name);
  const event = eventOf(Object, WAIT.name);
  if (!event) return ERROR_INVALID_PARAMETER;
  const { processor } = port;
  const ticks = isNull(Timeout) ? null : typeof Timeout === 'object' ? Timeout.value : Timeout;
  if (ticks !== null && typeof ticks !== 'bigint') {
    reportArgument(WAIT.name, 'Timeout', ticks, 'a time in 100 ns units, which is a bigint, or NULL to wait for ever');
    return ERROR_INVALID_PARAMETER;
  }
  if (processor.irql >= DISPATCH_LEVEL && ticks !== 0n && !event.signalled) {
    port.observer?.report(
      'wait-irql',
      [0x3b, processor.irql, Object, 0],
      `${WAIT.name} may wait below DISPATCH_LEVEL only; at DISPATCH_LEVEL its Timeout must be 0`,
    );
    return WAIT_TIMEOUT;
  }
  const duration =
    ticks === null ? Infinity : Number(ticks < 0n ? -ticks : ticks === 0n ? 0n : ticks - systemTime()) / TICKS_PER_MS;
  const end = milliseconds() + duration;
  for (;;) {
    processor.safepoint();
    if (event.signalled) {
      if (event.autoReset) event.signalled = false;
      return NO_ERROR;
    }
    const left = end - milliseconds();
    if (left <= 0) return WAIT_TIMEOUT;
    processor.waitForAttention(left, true);
  }
}

/** Says which events were never deleted, for the report at stop. */
export function reportEventLeaks(): void {
  for (const [handle, event] of port.handles.entries(isEvent)) {
    port.observer?.report(
      'leak',
      [handle, 0, 0, 0],
      `the event ${hex(handle)} was never deleted with VideoPortDeleteEvent`,
      event.site,
    );
  }
}
