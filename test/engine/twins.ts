/** Two machines, one with each engine, that play the same streams of packets and must leave the same. */
import { expect } from 'chai';
import { PAGE_SIZE } from '../../src/bus/board-memory.ts';
import {
  RINGGPU_FLAG_BLEND,
  RINGGPU_FLAG_GOURAUD,
  RINGGPU_FLAG_TEXTURED,
  RINGGPU_FLAG_WINDOW,
  RINGGPU_FORMATS,
  RINGGPU_PAIR,
} from '../../src/devices/ringgpu/packets.ts';
import {
  RINGGPU_FORMAT_R5G6B5,
  RINGGPU_LOCAL_BASE,
  RINGGPU_LOCAL_OFFSET,
  RINGGPU_STATUS_BUSY,
  RINGGPU_STATUS_FAULTED,
} from '../../src/devices/ringgpu/registers.ts';
import { address, type Buffer, FakeCpu, nextTask } from './fake-cpu.ts';
import {
  FIRST_LIST_BUFFER,
  READ_ONLY_BUFFER,
  STREAM_BUFFER_BYTES,
  STREAM_BUFFERS,
  type Stream,
  type StreamWord,
  TIME_BUFFER,
  VERTEX_BUFFER,
} from './streams.ts';

const UNTOUCHED = hash(new Uint8Array(PAGE_SIZE).fill(0xa5));

/** One machine, with the same buffers at the same addresses as the other. */
class Twin {
  readonly cpu: FakeCpu;
  readonly buffers: readonly Buffer[];
  readonly #times: BigUint64Array;

  constructor(cpu: FakeCpu) {
    this.cpu = cpu;
    this.buffers = Array.from({ length: STREAM_BUFFERS }, (_, i) =>
      cpu.allocate(STREAM_BUFFER_BYTES, i !== READ_ONLY_BUFFER),
    );
    this.#times = new BigUint64Array(cpu.ram.buffer, this.#buffer(TIME_BUFFER).ram, STREAM_BUFFER_BYTES / 8);
    cpu.write('COLOUR_TABLE_LO', this.#table);
  }

  #buffer(index: number): Buffer {
    return this.buffers[index] as Buffer;
  }

  /** The colour table lies in the read-only buffer. */
  get #table(): number {
    return this.#buffer(READ_ONLY_BUFFER).logical;
  }

  /** Puts the same bytes into buffers and local memory each time: noise, and vertices of which most are near the picture. */
  fill(seed: number): void {
    let state = seed | 1;
    const random = () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return state >>> 0;
    };
    for (const { u32 } of this.buffers) for (let i = 0; i < u32.length; i++) u32[i] = random();
    this.cpu.front.writeBytes(RINGGPU_LOCAL_OFFSET, this.#buffer(TIME_BUFFER).u8);
    this.#times.fill(0n);
    const { u32 } = this.#buffer(VERTEX_BUFFER);
    for (let i = 0; i < u32.length; i += 4) {
      if (random() % 64 === 0) continue;
      for (const axis of [0, 1]) u32[i + axis] = (random() % 700) - 150;
      u32[i + 3] = random() & 0x00ff_00ff;
    }
  }

  /**
   * Draws triangles of each kind for which the GPU has a pipeline of its own, so that all are made: a packet that waits for one finds
   * pages landed and pulls them again, and the counters differ.
   */
  async warmUp(): Promise<void> {
    const { cpu } = this;
    const target = this.#buffer(0).logical;
    const vertices = this.#buffer(VERTEX_BUFFER).logical;
    const one = RINGGPU_PAIR(1, 1);
    const texture = this.#buffer(READ_ONLY_BUFFER).logical;
    const narrow = RINGGPU_FORMATS(RINGGPU_FORMAT_R5G6B5, 0);
    const all = RINGGPU_FLAG_GOURAUD | RINGGPU_FLAG_TEXTURED | RINGGPU_FLAG_BLEND;
    for (let flags = 0; flags <= all; flags++) {
      for (const formats of flags === 0 ? [0, narrow] : [0]) {
        cpu.packet('DRAW_TRIANGLES', flags, target, 0, 64, 0, texture, 0, 64, one, one, formats, vertices, 0, 1);
        await cpu.finish();
      }
    }
  }

  /** Executes a stream to its end or its fault. */
  async play({ packets, lists }: Stream): Promise<void> {
    const { cpu } = this;
    const resolve = (word: StreamWord) => {
      if (typeof word === 'number') return word;
      return 'list' in word ? (lists[word.list]?.length ?? 0) : (this.#buffer(word.buffer).logical + word.offset) >>> 0;
    };
    for (const [i, words] of lists.entries()) this.#buffer(FIRST_LIST_BUFFER + i).u32.set(words.map(resolve));
    for (const { words, doorbell } of packets) {
      cpu.put(...words.map(resolve));
      if (doorbell) cpu.doorbell();
    }
    cpu.doorbell();
    await this.#rest();
  }

  async #rest(): Promise<void> {
    const { cpu } = this;
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
        'FAULT_PACKET_LO',
      ] as const
    ).map((name) => `${name} ${cpu.read(name).toString(16)}`);
    // Times differ, but not which there are, nor their order.
    const times = [...this.#times.entries()].filter(([, time]) => time !== 0n);
    const order = times.sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([slot]) => slot);
    const memory = [cpu.fence, ...buffers.filter((_, i) => i !== TIME_BUFFER)].map(({ u8 }) => hash(u8));
    for (const { ram } of buffers) {
      for (const guard of [ram - PAGE_SIZE, ram + STREAM_BUFFER_BYTES]) {
        expect(hash(cpu.ram.subarray(guard, guard + PAGE_SIZE)), 'guard bytes').to.equal(UNTOUCHED);
      }
    }
    const { fences, dmaReadBytes, dmaWriteBytes } = cpu.engine.counters;
    return { registers, order, memory, window: this.#window(), counters: [fences, dmaReadBytes, dmaWriteBytes] };
  }

  /** Ready for the next stream. A fault costs a reset. */
  async renew(): Promise<void> {
    const { cpu } = this;
    if (cpu.read('STATUS') & RINGGPU_STATUS_FAULTED) await cpu.reset();
    cpu.setUpRing();
    cpu.write('COLOUR_TABLE_LO', this.#table);
    cpu.events.length = 0;
  }

  /** Local memory as the device has it. Afterwards the machine is ready for the next stream. */
  async local(): Promise<number> {
    await this.renew();
    this.cpu.packet('WRITE_BACK', RINGGPU_FLAG_WINDOW, 0, 0, ...address(RINGGPU_LOCAL_BASE), STREAM_BUFFER_BYTES);
    this.cpu.doorbell();
    await this.#rest();
    return this.#window();
  }

  #window(): number {
    const bytes = new Uint8Array(STREAM_BUFFER_BYTES);
    this.cpu.front.readBytes(RINGGPU_LOCAL_OFFSET, bytes);
    return hash(bytes);
  }
}

/** The two machines. */
export class Twins {
  readonly #twins: readonly [Twin, Twin];

  private constructor(twins: readonly [Twin, Twin]) {
    this.#twins = twins;
  }

  static async boot(): Promise<Twins> {
    // Unpaced: a stream that waits for a vertical blank gets one.
    const boot = async (kind: 'webgpu' | 'software') => new Twin(await FakeCpu.boot(kind, { pacing: 'unpaced' }));
    const twins: [Twin, Twin] = [await boot('webgpu'), await boot('software')];
    for (const twin of twins) await twin.warmUp();
    return new Twins(twins);
  }

  /**
   * Plays a stream on both, with memory full of the noise that `seed` stands for. Throws when they differ, or a guard byte has
   * changed. Returns the FAULT_CODE at which it ended.
   */
  async play(stream: Stream, seed: number): Promise<number> {
    for (const twin of this.#twins) {
      await twin.renew();
      twin.fill(seed);
    }
    await Promise.all(this.#twins.map((twin) => twin.play(stream)));
    const [webgpu, software] = this.#twins.map((twin) => twin.state());
    expect(webgpu).to.deep.equal(software);
    const fault = this.#twins[0].cpu.read('FAULT_CODE');
    if (namesLocalMemory(stream)) {
      const [ofWebgpu, ofSoftware] = await Promise.all(this.#twins.map((twin) => twin.local()));
      expect(ofWebgpu, 'local memory').to.equal(ofSoftware);
    }
    return fault;
  }

  close(): void {
    for (const { cpu } of this.#twins) cpu.close();
  }
}

/** Whether any packet may have written there: its address has a high half of its own. */
function namesLocalMemory({ packets, lists }: Stream): boolean {
  return [...packets.map(({ words }) => words), ...lists].some((words) => words.includes(0x10));
}

function hash(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  let value = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) value = Math.imul(value ^ (words[i] as number), 0x01000193) ^ (value >>> 13);
  return value >>> 0;
}
