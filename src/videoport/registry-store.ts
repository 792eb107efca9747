/**
 * Where the adapters' registry keys are kept. A machine begins with an empty store in its worker; whoever wants values
 * to outlive it (a page that shows and saves them) reads `entries` when `onFlush` is called, and fills a store of its
 * own before the driver starts: `registry().load(entries)`.
 */
import { perPort } from './per-port.ts';

/** A value: bytes. What they mean is the driver's business, and that of who reads them. */
export interface RegistryEntry {
  /** Path below the machine's video keys, as it was first written: `2\HardwareInformation.MemorySize`. */
  readonly path: string;
  readonly data: Uint8Array;
}

export class RegistryStore {
  /** Called by VideoPortFlushRegistry: what was written must not be lost from now on. */
  onFlush: (() => void) | null = null;
  readonly #entries = new Map<string, RegistryEntry>();
  readonly #files = new Map<string, Uint8Array>();

  /** The value at a path; upper and lower case are the same. */
  get(path: string): Uint8Array | undefined {
    return this.#entries.get(path.toLowerCase())?.data;
  }

  /** Writes a value, making the keys on its path. */
  set(path: string, data: Uint8Array): void {
    const key = path.toLowerCase();
    this.#entries.set(key, { path: this.#entries.get(key)?.path ?? path, data });
  }

  /** All values, in the order in which they were first written. */
  get entries(): Iterable<RegistryEntry> {
    return this.#entries.values();
  }

  /** Takes values over, as a system finds them when it boots. */
  load(entries: Iterable<RegistryEntry>): void {
    for (const { path, data } of entries) this.set(path, data);
  }

  /** Puts a file onto the system's disk, where a registry value may name it. */
  putFile(name: string, data: Uint8Array): void {
    this.#files.set(name.toLowerCase(), data);
  }

  /** The bytes of a file. */
  file(name: string): Uint8Array | undefined {
    return this.#files.get(name.toLowerCase());
  }
}

/** The store of the machine. */
export const registry = perPort(() => new RegistryStore());
