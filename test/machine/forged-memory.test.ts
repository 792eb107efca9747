/**
 * The board against the worst that could run in its worker: something that holds all shared memory and lies. A driver has
 * the machine's RAM only (isolation.test.ts); should one ever come by the rest, the board still is not to be held up.
 */
import { expect } from 'chai';
import { createSoftwareEngine } from '../../src/engine/software/software-engine.ts';
import { BoardMachine } from '../../src/machine/board-machine.ts';
import type { CpuBoot } from '../../src/machine/board-protocol.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MachineRecord } from '../../src/machine/machine-record.ts';
import { MINI } from '../support/drivers.ts';

type Boot = Pick<CpuBoot, 'memory'>;

/** What runs in the worker; everything that it needs must be in it. */
const WORKERS: Readonly<Record<string, (boot: Boot) => void>> = {
  'forges messages': ({ memory }) => {
    const control = new Int32Array(memory.control);
    const words = new Int32Array(memory.events, 0, 4);
    const data = new Uint8Array(memory.events, 16);
    const forged = [
      'null',
      '5',
      '"text"',
      '[]',
      '{}',
      '{"type":"log"}',
      '{"type":"log","source":{},"level":[],"text":{"length":9007199254740991}}',
      '{"type":"finding"}',
      '{"type":"finding","finding":{"positions":5}}',
      '{"type":"bugcheck","bugCheck":null}',
      '{"type":"common-buffers","list":5,"last":true}',
      '{"type":"common-buffers","list":[null],"last":{}}',
      '{"type":"mode","width":"1e999","height":-1}',
      '{"type":"failed","positions":[{"line":-1,"column":1e300}]}',
      '{"type":"stats","stats":{}}',
      '{"type":"answer","id":1,"value":1}',
      '{"__proto__":{"polluted":true},"type":"running","constructor":{"prototype":{"polluted":true}}}',
      '{"type":"mode","wid',
    ];
    for (let turn = 0; ; turn++) {
      const text = new TextEncoder().encode(forged[turn % forged.length]);
      const size = 4 + ((text.length + 3) & ~3);
      const written = Atomics.load(words, 0);
      if (((written - Atomics.load(words, 1)) >>> 0) + size > data.length) continue;
      const bytes = [...new Uint8Array(new Uint32Array([text.length]).buffer), ...text];
      for (const [i, byte] of bytes.entries()) data[((written >>> 0) + i) & (data.length - 1)] = byte;
      Atomics.store(words, 0, (written + size) | 0);
      Atomics.add(control, 1, 1);
      Atomics.notify(control, 1);
    }
  },
  'says that it has halted and talks on': ({ memory }) => {
    const control = new Int32Array(memory.control);
    const words = new Int32Array(memory.events, 0, 4);
    const data = new Uint8Array(memory.events, 16);
    // Messages of one byte: the digit 7.
    for (let at = 0; at < data.length; at += 8) data.set([1, 0, 0, 0, 55, 0, 0, 0], at);
    for (;;) {
      Atomics.store(control, 3, 3);
      Atomics.store(words, 0, (Atomics.load(words, 1) + data.length) | 0);
      Atomics.add(control, 1, 1);
      Atomics.notify(control, 1);
    }
  },
  'scribbles over every shared word': ({ memory }) => {
    const { ram, ...rest } = memory;
    const all = [ram.buffer, ...Object.values(rest)].map((buffer) => new Int32Array(buffer as SharedArrayBuffer));
    for (let seed = 1; ; ) {
      for (const words of all) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
        // Mostly at the front, where the words are that mean something.
        Atomics.store(
          words,
          (seed >>> 8) % Math.min(words.length, seed & 1 ? 64 : words.length),
          seed & 2 ? seed : (seed >>> 3) & 63,
        );
        Atomics.notify(words, 1);
      }
    }
  },
  'fills the board’s own commands': ({ memory }) => {
    const control = new Int32Array(memory.control);
    new Uint8Array(memory.commands).fill(255);
    new Uint8Array(memory.events).fill(255);
    for (;;) Atomics.add(control, 1, 1);
  },
};

describe('a worker with all shared memory in its hands', () => {
  for (const [what, worker] of Object.entries(WORKERS)) {
    it(`that ${what} holds up neither page nor Stop`, async () => {
      const url = URL.createObjectURL(new Blob([`onmessage = ({ data }) => (${worker})(data);`]));
      const record = new MachineRecord(
        () => null,
        () => {},
      );
      let heard = 0;
      let refused = 0;
      const board = new BoardMachine(
        {
          engine: 'software',
          verifier: true,
          ramBytes: 8 * 1024 * 1024,
          pacing: 'unpaced',
          mode: { width: 640, height: 480 },
          watchdogSeconds: 5,
          paused: false,
          trace: false,
        },
        (events) => {
          for (const event of events) {
            heard++;
            try {
              record.hear(event);
            } catch {
              refused++;
            }
          }
        },
      );
      await board.boot(
        { files: [] },
        () => new Worker(url),
        document.createElement('canvas'),
        async (options) => ({
          engine: createSoftwareEngine(options),
          apertureBytes: 8 * 1024 * 1024,
        }),
      );
      // The page's own tasks go on.
      for (let tasks = 0; tasks < 30; tasks++) await new Promise((resolve) => setTimeout(resolve, 5));
      await board.frames(0);
      await board.commonBuffers();
      await board.stop(80);
      board.close();
      URL.revokeObjectURL(url);
      expect(heard).to.be.above(0);
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
      if (what === 'forges messages') expect(refused).to.be.above(0);
    });
  }
  it('leaves the page such that the next machine boots', async () => {
    const machine = await Machine.boot({ source: MINI, engine: 'software', pacing: 'unpaced' });
    await machine.frames(3);
    expect((await machine.stop({ graceMs: 5000 })).findings).to.deep.equal([]);
  });
});
