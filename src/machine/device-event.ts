/** What a device event means to the driver's author: which rule of the catalogue it breaks. */
import type { Observer, Site } from '../ddi/observer.ts';
import { RINGGPU_FAULT_READ_ONLY, RINGGPU_FAULT_UNMAPPED } from '../devices/ringgpu/registers.ts';
import type { EngineEvent } from '../engine/engine.ts';
import type { SerializedEngineEvent } from './board-protocol.ts';

/** Makes an event fit for JSON. */
export function serialize(event: EngineEvent): SerializedEngineEvent {
  return {
    kind: event.kind,
    code: event.kind === 'fault' ? event.code : 0,
    address: 'address' in event ? event.address.toString() : '0',
    ringOffset: event.kind === 'fault' ? event.ringOffset : 0,
    info: event.kind === 'fault' ? event.info : 0,
    sentence: event.sentence,
  };
}

/** What the processor's side knows of the places that an event names. */
export interface EventPlaces {
  /** Where the driver rang the doorbell that covers a ring offset. */
  doorbell(ringOffset: number): Site | undefined;
  /** Where the driver released the common buffer that lay at a logical address. */
  released(address: bigint): Site | undefined;
  /** Says what an address is, if not a logical one that the device may use; an empty text when that is not known. */
  whatElse(address: bigint): string;
}

/** For events of which nobody knows where they began: where the driver happens to be says nothing. */
const NOWHERE: Site = { error: Object.assign(new Error('no place'), { stack: '' }) };

/** For events that come when nobody can be asked any more. */
export const NO_PLACES: EventPlaces = { doorbell: () => undefined, released: () => undefined, whatElse: () => '' };

/** Reports an event to the verifier; a lost GPU is nobody's mistake and only logged. */
export function reportDeviceEvent(
  event: SerializedEngineEvent,
  observer: Observer | null,
  { doorbell, released, whatElse }: EventPlaces,
): void {
  const address = BigInt(event.address);
  if (event.kind === 'fault') {
    const unmapped = event.code === RINGGPU_FAULT_UNMAPPED || event.code === RINGGPU_FAULT_READ_ONLY;
    observer?.report(
      unmapped ? 'dma-unmapped' : 'device-fault',
      unmapped ? [address, event.code, event.ringOffset, 0] : [event.code, address, event.ringOffset, event.info],
      unmapped ? event.sentence + whatElse(address) : event.sentence,
      doorbell(event.ringOffset) ?? NOWHERE,
    );
  } else if (event.kind === 'released-in-flight')
    observer?.report('released-in-flight', [address, 0, 0, 0], event.sentence, released(address) ?? NOWHERE);
  else if (event.kind === 'scanout-unmapped')
    observer?.report(
      'dma-unmapped',
      [address, 0, 0, 0],
      event.sentence + whatElse(address),
      released(address) ?? NOWHERE,
    );
}
