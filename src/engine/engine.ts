/**
 * What the board asks of a device engine. There are two behind this interface: `webgpu/`, whose device-visible memory
 * and execution are the visitor's GPU, and `software/`, its bit-exact twin in TypeScript.
 */
import type { BoardMemory } from '../bus/board-memory.ts';

/** What the device has done since it was attached to its machine. All figures are counted, none estimated. */
export interface EngineCounters {
  /** Bytes that the device read out of RAM, or took out of the window onto local memory (through mapped upload slabs, in the WebGPU engine). */
  dmaReadBytes: number;
  /** Bytes that the device wrote into RAM (through mapped readback slabs). */
  dmaWriteBytes: number;
  /** FENCE packets retired. */
  fences: number;
  /** Different surfaces put on the screen: flips that took effect, and register scanouts latched. */
  frames: number;
  /** Vertical blanks. */
  vblanks: number;
  /** Submissions retired. */
  submissions: number;
}

/** Something the device met that a driver's author should see, beside what the fault registers say. */
export type EngineEvent =
  /** The ring stopped. The fault registers hold the same. */
  | {
      readonly kind: 'fault';
      readonly code: number;
      readonly address: bigint;
      readonly ringOffset: number;
      readonly info: number;
      readonly sentence: string;
    }
  /** A common buffer was released while a submission that writes it was in flight: those bytes went nowhere. */
  | { readonly kind: 'released-in-flight'; readonly address: bigint; readonly bytes: number; readonly sentence: string }
  /** Scanout met a page without mapping: the screen shows black there. */
  | { readonly kind: 'scanout-unmapped'; readonly address: bigint; readonly sentence: string }
  /** The GPU was lost and has been rebuilt. `replayed` packets' bytes had not landed and are executed again. */
  | { readonly kind: 'lost'; readonly reason: string; readonly sentence: string };

/**
 * A moment of the device's life, for traces, with two numbers. `submitted`: a submission's number, packets in it · `retired`: its
 * number, RING_HEAD after it · `vblank`: VBLANK_COUNT, 0 · `flip`: logical address of the surface that is on show from now, 0 ·
 * `interrupt`: causes that became pending, 0
 */
export type EngineMoment = 'submitted' | 'retired' | 'vblank' | 'flip' | 'interrupt';

/** The picture on the monitor. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  /** RGBA, 8 bits each, alpha 255, top line first. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * When vertical blanks come. `display`: with the visitor's monitor while the page is visible, else by a 60 Hz timer;
 * `timer`: always by a 60 Hz timer; `unpaced`: as soon as the driver has acknowledged the last one, for tests.
 */
export type Pacing = 'display' | 'timer' | 'unpaced';

/** What an engine is made with. */
export interface EngineOptions {
  readonly memory: BoardMemory;
  /** The monitor, which keeps what is on it until the first frame; none for a machine that nobody looks at. */
  readonly canvas: HTMLCanvasElement | null;
  readonly pacing: Pacing;
  readonly onEvent: (event: EngineEvent) => void;
  /** Called after each vertical blank. */
  readonly onVblank?: () => void;
  /** Called at each moment that a trace shows. */
  readonly onMoment?: (moment: EngineMoment, a: number, b: number) => void;
}

/** A device engine at work for one machine, from boot to stop. */
export interface Engine {
  readonly kind: 'webgpu' | 'software';
  /** Name of the GPU, for people; 'software' for the software engine. */
  readonly adapter: string;
  readonly counters: Readonly<EngineCounters>;
  /** Looks at registers and IOMMU queue: the CPU has asked for the device's attention. Never blocks, never throws. */
  service(): void;
  /** The picture now on the monitor (black 640×480 before the first). */
  screen(): Promise<Screen>;
  /** The monitor keeps what it shows, until another machine shows something there. The machine goes on, and `screen` with it. */
  freeze(): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
  /** Stops at once: nothing lands after this returns. Frees this machine's GPU memory; the GPU itself stays with its owner. */
  close(): void;
}
