/**
 * A device engine: IOMMU, ring and scanout around one execution unit. Both engines are this class; they differ in their
 * {@link Backend}.
 */
import { type BoardMemory, LOCAL_MEMORY_BYTES, PAGE_SIZE } from '../bus/board-memory.ts';
import { IommuReader } from '../bus/iommu.ts';
import {
  RINGGPU_CONTROL_RESET,
  RINGGPU_FAULT_MEMORY,
  RINGGPU_INT_LOST,
  RINGGPU_INT_VBLANK,
} from '../devices/ringgpu/registers.ts';
import { type Backend, type BackendHost, FIRST_APERTURE_PAGES } from './backend.ts';
import type { Batch } from './batch.ts';
import { CommandProcessor } from './command-processor.ts';
import type { Engine, EngineCounters, EngineEvent, EngineMoment, EngineOptions, Screen } from './engine.ts';
import { RegisterFile } from './register-file.ts';
import { hex } from './ring-fetch.ts';
import { Scanout } from './scanout.ts';
import { type Slice, SliceTable } from './slice-table.ts';
import { VblankClock } from './vblank-clock.ts';

/** Submissions in flight: while one is executed, the next is filled. A third gains nothing (bench/engine-upload.ts). */
export const IN_FLIGHT = 2;

/** What tests and benchmarks may set beside the options of every engine. */
export interface EngineTuning {
  /** Submissions in flight; default {@link IN_FLIGHT}. */
  readonly inFlight?: number;
  /** Bytes that the aperture may have at most, where the GPU would allow more. */
  readonly apertureLimit?: number;
}

export class DeviceEngine implements Engine, BackendHost {
  readonly kind: 'webgpu' | 'software';
  readonly counters: EngineCounters = {
    dmaReadBytes: 0,
    dmaWriteBytes: 0,
    fences: 0,
    frames: 0,
    vblanks: 0,
    submissions: 0,
  };
  readonly #options: EngineOptions;
  readonly #backend: Backend;
  readonly #registers: RegisterFile;
  readonly #iommu: IommuReader;
  readonly #slices: SliceTable;
  readonly #processor: CommandProcessor;
  readonly #scanout: Scanout;
  readonly #clock: VblankClock;
  readonly #waitingForIdle: (() => void)[] = [];
  #lost = { reason: '', packets: 0 };
  /** Resolves when a lost GPU is back, or given up. */
  #restoring: Promise<void> | null = null;
  #endRestoring = () => {};
  /** Why there will be no GPU again. */
  #gone = '';
  #closed = false;

  constructor(backend: Backend, options: EngineOptions, tuning: EngineTuning = {}) {
    const { memory, pacing } = options;
    const ramBytes = memory.ram.buffer.byteLength;
    const onEvent = (event: EngineEvent) => this.#emit(event);
    this.kind = backend.kind;
    this.#options = options;
    this.#backend = backend;
    this.#registers = new RegisterFile(memory);
    this.#registers.onRaise = (causes) => this.#moment('interrupt', causes, 0);
    this.#iommu = new IommuReader(memory);
    this.#slices = new SliceTable(backend, ramBytes / PAGE_SIZE);
    const inFlight = tuning.inFlight ?? IN_FLIGHT;
    this.#processor = new CommandProcessor(
      memory,
      this.#registers,
      this.#iommu,
      this.#slices,
      backend,
      this.counters,
      inFlight,
      {
        onEvent,
        takeChanges: () => this.#takeChanges(),
        flip: (flip) => this.#scanout.flip(flip),
        submitted: (batch) => this.#moment('submitted', batch.serial, batch.packets),
        retired: (batch) => {
          this.#moment('retired', batch.serial, batch.end.ring);
          this.#scanout.touch();
          this.#clock.kick();
        },
      },
    );
    this.#scanout = new Scanout(
      this.#registers,
      this.#iommu,
      this.#slices,
      backend,
      this.#processor,
      this.counters,
      ramBytes,
      onEvent,
    );
    this.#clock = new VblankClock(pacing, {
      vblank: () => this.#vblank(),
      wanted: () =>
        this.#enabled(RINGGPU_INT_VBLANK)
          ? !this.#vblankPending
          : this.#scanout.flipWaiting || this.#processor.waitsForVblank,
      unacknowledged: () => this.#enabled(RINGGPU_INT_VBLANK) && this.#vblankPending,
      ready: () => this.#scanout.ready,
    });
    backend.attach(this);
    this.#clock.start();
  }

  get adapter(): string {
    return this.#backend.adapter;
  }

  service(): void {
    if (this.#closed) return;
    if (this.#registers.read('CONTROL') & RINGGPU_CONTROL_RESET) this.#reset();
    this.#takeChanges();
    this.#processor.pump();
    this.#clock.kick();
    this.#resolveIdle();
  }

  async screen(): Promise<Screen> {
    // A GPU lost meanwhile takes the picture with it: the next one shows it again.
    for (let attempt = 0; attempt < 3; attempt++) {
      await this.#restoring;
      const screen = await this.#scanout.screen();
      if (screen) return screen;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.#scanout.darkness();
  }

  freeze(): void {
    this.#scanout.freeze();
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForIdle.push(resolve);
      this.#resolveIdle();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clock.stop();
    this.#backend.close();
    this.#endRestoring();
    this.#resolveIdle();
  }

  completed(batch: Batch): void {
    if (this.#closed) return;
    if (!this.#processor.completed(batch)) {
      this.#backend.release(batch);
      this.#processor.give(batch);
    }
    this.#resolveIdle();
  }

  ready(): void {
    if (this.#closed) return;
    this.#processor.pump();
    this.#resolveIdle();
  }

  lost(reason: string): void {
    if (this.#closed) return;
    this.#lost = { reason, packets: this.#lost.packets + this.#processor.suspend() };
    this.#restoring ??= new Promise((resolve) => {
      this.#endRestoring = resolve;
    });
  }

  restored(): void {
    if (this.#closed) return;
    const { reason, packets } = this.#lost;
    this.#lost = { reason: '', packets: 0 };
    this.#endRestoring();
    this.#restoring = null;
    this.#processor.refill();
    this.#noMemory(this.#slices.replace());
    this.#takeChanges();
    this.#processor.resume();
    this.#scanout.refetch();
    this.#registers.raise(RINGGPU_INT_LOST);
    const sentence = `The GPU was lost (${reason}) and has been rebuilt from memory; ${packets} packets that had not retired are executed again.`;
    this.#emit({ kind: 'lost', reason, sentence });
    this.#processor.pump();
    this.#resolveIdle();
  }

  gone(sentence: string): void {
    if (this.#closed) return;
    this.#gone = sentence;
    this.#endRestoring();
    this.#restoring = null;
    this.#emit({ kind: 'lost', reason: this.#lost.reason, sentence });
    this.#processor.resume();
    this.#processor.fail(RINGGPU_FAULT_MEMORY, 0, sentence);
    this.#resolveIdle();
  }

  broken(sentence: string): void {
    if (this.#closed) return;
    this.#processor.suspend();
    this.#processor.resume();
    this.#processor.fail(RINGGPU_FAULT_MEMORY, 0, sentence);
    this.#resolveIdle();
  }

  get #vblankPending(): boolean {
    return (this.#registers.read('INT_STATUS') & RINGGPU_INT_VBLANK) !== 0;
  }

  #enabled(cause: number): boolean {
    return (this.#registers.read('INT_ENABLE') & cause) !== 0;
  }

  #vblank(): void {
    this.#takeChanges();
    const flip = this.#scanout.vblank();
    this.#moment('vblank', this.#registers.read('VBLANK_COUNT'), 0);
    if (flip) this.#moment('flip', flip.base, 0);
    this.#processor.vblank();
    this.#resolveIdle();
    this.#options.onVblank?.();
  }

  #reset(): void {
    this.#processor.reset();
    this.#scanout.reset();
    this.#registers.reset();
    // What was released meanwhile makes room for what found none.
    this.#takeChanges();
    this.#noMemory(this.#slices.retry());
    if (this.#gone) this.#processor.fail(RINGGPU_FAULT_MEMORY, 0, this.#gone);
  }

  #takeChanges(): void {
    for (const change of this.#iommu.takeChanges()) this.#noMemory(this.#slices.apply(change));
  }

  #noMemory(slice: Slice | null): void {
    if (!slice) return;
    const address = slice.page * PAGE_SIZE;
    const bytes = slice.pages * PAGE_SIZE;
    const sentence = `The GPU has not the memory for a common buffer of ${bytes} bytes at ${hex(address)}.`;
    this.#processor.fail(RINGGPU_FAULT_MEMORY, address, sentence);
  }

  #emit(event: EngineEvent): void {
    if (!this.#closed) this.#options.onEvent(event);
  }

  #moment(moment: EngineMoment, a: number, b: number): void {
    this.#options.onMoment?.(moment, a, b);
  }

  #resolveIdle(): void {
    if (this.#waitingForIdle.length === 0) return;
    if (!this.#closed && !this.#processor.idle) return;
    for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }
}

/** Pages that an aperture may have: what the machine can map twice over and local memory, within what the GPU allows. */
export function apertureLimitPages(memory: BoardMemory, gpuLimit: number, tuning: EngineTuning): number {
  const mapped = memory.ram.buffer.byteLength * 2;
  const useful = Math.max(mapped, FIRST_APERTURE_PAGES * PAGE_SIZE) + LOCAL_MEMORY_BYTES;
  return Math.floor(Math.min(useful, gpuLimit, tuning.apertureLimit ?? gpuLimit) / PAGE_SIZE);
}
