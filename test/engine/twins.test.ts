import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import { RINGGPU_STATUS_BUSY, RINGGPU_STATUS_FAULTED } from '../../src/devices/ringgpu/registers.ts';
import { type Buffer, FakeCpu, gpuContext, nextTask } from './fake-cpu.ts';
import { READ_ONLY_BUFFER, STREAM_BUFFER_BYTES, STREAM_BUFFERS, type Stream, streams } from './streams.ts';

/** Streams that are tried, and packets in each at most. */
const STREAMS = 2000;
const MAX_PACKETS = 7;

/** One machine of each kind, with the same buffers at the same addresses. */
class Twin {
  readonly cpu: FakeCpu;
  readonly buffers: readonly Buffer[];

  constructor(cpu: FakeCpu) {
    this.cpu = cpu;
    this.buffers = Array.from({ length: STREAM_BUFFERS }, (_, i) =>
      cpu.allocate(STREAM_BUFFER_BYTES, i !== READ_ONLY_BUFFER),
    );
    cpu.write('COLOUR_TABLE_LO', this.#table);
  }

  /** The colour table lies in the read-only buffer. */
  get #table(): number {
    return (this.buffers[READ_ONLY_BUFFER] as Buffer).logical;
  }

  /** Puts the same bytes into the buffers each time: noise, and vertices of which most are near the picture. */
  fill(seed: number): void {
    let state = seed | 1;
    const random = () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return state >>> 0;
    };
    for (const { u32 } of this.buffers) for (let i = 0; i < u32.length; i++) u32[i] = random();
    const { u32 } = this.buffers[3] as Buffer;
    for (let i = 0; i < u32.length; i += 4) {
      if (random() % 64 === 0) continue;
      for (const axis of [0, 1]) u32[i + axis] = (random() % 700) - 150;
      u32[i + 3] = random() & 0x00ff_00ff;
    }
  }

  /** Executes a stream to its end or its fault. */
  async play(stream: Stream): Promise<void> {
    const { cpu } = this;
    for (const { words, doorbell } of stream) {
      for (const word of words) {
        cpu.put(typeof word === 'number' ? word : ((this.buffers[word.buffer] as Buffer).logical + word.offset) >>> 0);
      }
      if (doorbell) cpu.doorbell();
    }
    cpu.doorbell();
    for (const start = performance.now(); (cpu.read('STATUS') & RINGGPU_STATUS_BUSY) !== 0; ) {
      if (performance.now() - start > 30_000) throw new Error(`waited in vain for the stream's end: ${cpu.describe()}`);
      await nextTask();
      cpu.serve();
    }
  }

  /** All that a driver can see, and the guards around its memory. */
  state(): object {
    const { cpu, buffers } = this;
    const registers = (
      [
        'STATUS',
        'RING_HEAD',
        'FENCE_VALUE',
        'FAULT_CODE',
        'FAULT_ADDR_LO',
        'FAULT_ADDR_HI',
        'FAULT_RING',
        'FAULT_INFO',
      ] as const
    ).map((name) => `${name} ${cpu.read(name).toString(16)}`);
    const memory = [cpu.fence, ...buffers].map(({ u8 }) => hash(u8));
    const guards = buffers.map(({ ram }) => [
      hash(cpu.ram.subarray(ram - PAGE_SIZE, ram)),
      hash(cpu.ram.subarray(ram + STREAM_BUFFER_BYTES, ram + STREAM_BUFFER_BYTES + PAGE_SIZE)),
    ]);
    const { fences, dmaReadBytes, dmaWriteBytes } = cpu.engine.counters;
    return { registers, memory, guards, counters: [fences, dmaReadBytes, dmaWriteBytes] };
  }

  /** Ready for the next stream. A fault costs a reset. */
  async renew(): Promise<void> {
    const { cpu } = this;
    if (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) await cpu.reset();
    cpu.setUpRing();
    cpu.write('COLOUR_TABLE_LO', this.#table);
    cpu.events.length = 0;
  }
}

describe('the two engines', () => {
  it(`leave the same memory, registers, fences and faults after each of ${STREAMS} streams, and no guard byte changes`, async function () {
    this.timeout(200_000);
    const twins = [new Twin(await FakeCpu.boot('webgpu')), new Twin(await FakeCpu.boot('software'))];
    const guard = hash(new Uint8Array(PAGE_SIZE).fill(0xa5));
    let faulted = 0;
    await fc.assert(
      fc.asyncProperty(streams(MAX_PACKETS), fc.integer(), async (stream, seed) => {
        for (const twin of twins) {
          twin.fill(seed);
          await twin.renew();
        }
        await Promise.all(twins.map((twin) => twin.play(stream)));
        const [webgpu, software] = twins.map((twin) => twin.state()) as [object, object];
        expect(webgpu).to.deep.equal(software);
        expect(
          (webgpu as { guards: number[][] }).guards.flat().every((value) => value === guard),
          'guards',
        ).to.equal(true);
        if ((twins[0] as Twin).cpu.read('FAULT_CODE') !== 0) faulted++;
      }),
      { numRuns: STREAMS, endOnFailure: true },
    );
    // Streams that all run through, or all fault at once, would prove little.
    expect(faulted).to.be.within(STREAMS * 0.1, STREAMS * 0.8);
    for (const { cpu } of twins) cpu.close();
    expect((await gpuContext()).errors).to.deep.equal([]);
  });
});

function hash(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  let value = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) value = Math.imul(value ^ (words[i] as number), 0x01000193) ^ (value >>> 13);
  return value >>> 0;
}
