/**
 * Opaque pointers. Adapters, events and locks are kernel objects whose members no driver may see, so a driver gets an
 * address at which nothing is mapped: it can be compared and passed on, and touching it is a page fault.
 */

/** Where the handles lie: beyond RAM and below the register windows. */
const BASE = 0xc000_0000;
const STEP = 0x40;

export class HandleTable {
  readonly #objects = new Map<number, object>();
  #next = BASE;

  /** Gives an object its address. */
  add(object: object): number {
    const handle = this.#next;
    this.#next += STEP;
    this.#objects.set(handle, object);
    return handle;
  }

  /** The object at an address, if it is one of `kind`. */
  get<T extends object>(handle: number, kind: (object: object) => object is T): T | undefined {
    const object = this.#objects.get(handle);
    return object && kind(object) ? object : undefined;
  }

  /** Forgets an object: its address means nothing from now on. */
  remove(handle: number): void {
    this.#objects.delete(handle);
  }

  /** All living objects of a kind, with their addresses. */
  *entries<T extends object>(kind: (object: object) => object is T): Iterable<[number, T]> {
    for (const [handle, object] of this.#objects) if (kind(object)) yield [handle, object];
  }
}
