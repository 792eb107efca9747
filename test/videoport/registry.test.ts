import { expect } from 'chai';
import * as vp from '../../src/videoport/index.ts';
import { registry } from '../../src/videoport/registry-store.ts';
import { crashOf, createKernel, type Kernel } from '../support/kernel.ts';
import { rule } from '../support/rule.ts';

const GET = 'VideoPortGetRegistryParameters';
const SET = 'VideoPortSetRegistryParameters';
const FLUSH = 'VideoPortFlushRegistry';

describe('the registry', () => {
  let kernel: Kernel;
  let ext: object;
  let buffer: number;
  beforeEach(() => {
    kernel = createKernel();
    ext = kernel.start().extension;
    buffer = vp.VideoPortAllocatePool(ext, vp.VpPagedPool, 256, 1);
  });
  const write = (name: string, bytes: readonly number[]) => {
    vp.mem.u8(buffer, bytes.length).set(bytes);
    return vp.VideoPortSetRegistryParameters(ext, name, buffer, bytes.length);
  };
  const read = (name: string, file = 0) => {
    const seen: { bytes: number[]; name: string; context: unknown; at: number; irql: number }[] = [];
    const status = vp.VideoPortGetRegistryParameters(
      ext,
      name,
      file,
      (_ext: object, context, valueName, at, length) => {
        seen.push({
          bytes: [...vp.mem.u8(at, length)],
          name: valueName,
          context,
          at,
          irql: vp.VideoPortGetCurrentIrql(),
        });
        return vp.NO_ERROR;
      },
      'context',
    );
    return { status, seen };
  };
  const wide = (text: string) =>
    [...text, '\0'].flatMap((character) => [character.charCodeAt(0) & 0xff, character.charCodeAt(0) >> 8]);

  rule([SET, GET], 'keep a value under the adapter’s key and give it to the callback with its name and context', () => {
    expect(write('HardwareInformation.MemorySize', [0, 0, 0, 1])).to.equal(vp.NO_ERROR);
    const { status, seen } = read('hardwareinformation.memorysize');
    expect(status).to.equal(vp.NO_ERROR);
    expect(seen[0]).to.deep.include({
      bytes: [0, 0, 0, 1],
      name: 'hardwareinformation.memorysize',
      context: 'context',
      irql: vp.PASSIVE_LEVEL,
    });
  });
  rule([SET, GET], 'make and find subkeys: Sub\\Value', () => {
    write('Modes\\First', [1]);
    write('First', [2]);
    expect(read('Modes\\First').seen[0]?.bytes).to.deep.equal([1]);
    expect(read('First').seen[0]?.bytes).to.deep.equal([2]);
  });
  rule(GET, 'returns ERROR_INVALID_PARAMETER when there is no such value, and calls nobody', () => {
    expect(read('Nothing')).to.deep.equal({ status: vp.ERROR_INVALID_PARAMETER, seen: [] });
    expect(read('').status).to.equal(vp.ERROR_INVALID_PARAMETER);
  });
  rule(GET, 'gives a file’s bytes when the value names one', () => {
    registry().putFile('\\SystemRoot\\bios.bin', Uint8Array.of(9, 8, 7));
    write('Bios', wide('\\SystemRoot\\bios.bin'));
    write('Gone', wide('\\SystemRoot\\gone.bin'));
    expect(read('Bios', 1).seen[0]?.bytes).to.deep.equal([9, 8, 7]);
    expect(read('Gone', 1).status).to.equal(vp.ERROR_INVALID_PARAMETER);
  });
  rule(GET, 'returns what the callback returns', () => {
    write('Value', [1]);
    expect(vp.VideoPortGetRegistryParameters(ext, 'Value', 0, () => vp.ERROR_DEV_NOT_EXIST, null)).to.equal(
      vp.ERROR_DEV_NOT_EXIST,
    );
  });
  rule(
    GET,
    'hands out a buffer that is valid during the callback only',
    () => {
      write('Value', [1, 2, 3]);
      const at = read('Value').seen[0]?.at as number;
      expect(crashOf(() => vp.mem.u8(at, 1)).code).to.equal(0x50);
    },
    { page: 'nc-video-pminiport_get_registry_routine' },
  );
  rule(SET, 'keeps a value of any length; the log shows its beginning', () => {
    const length = 300_000;
    const large = kernel.space.map('system', length)?.base ?? 0;
    for (const fill of [0, 0x41, 0xa5]) {
      vp.mem.u8(large, length).fill(fill);
      if (fill === 0x41) for (let at = 1; at < length; at += 2) vp.mem.u8(large + at, 1)[0] = 0;
      expect(vp.VideoPortSetRegistryParameters(ext, 'Large', large, length)).to.equal(vp.NO_ERROR);
      expect(kernel.log.at(-1)).to.match(/registry: Large = /);
      expect(kernel.log.at(-1)?.length).to.be.below(300);
      expect(read('Large').seen[0]?.bytes.length).to.equal(length);
      expect(read('Large', 1).status).to.equal(vp.ERROR_INVALID_PARAMETER);
    }
  });
  rule(SET, 'returns ERROR_INVALID_PARAMETER for the system’s own DefaultSettings. values', () => {
    expect(write('DefaultSettings.XResolution', [1])).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(write('defaultsettings.vrefresh', [1])).to.equal(vp.ERROR_INVALID_PARAMETER);
    expect(read('DefaultSettings.XResolution').status).to.equal(vp.ERROR_INVALID_PARAMETER);
  });
  rule([GET, SET], 'may not be called from HwVidInterrupt, HwVidTimer, a DPC or a synchronisation callback', () => {
    for (const [name, irql] of [
      ['HwVidInterrupt', 5],
      ['HwVidTimer', 2],
      ['HwVidDpcRoutine', 2],
      ['HwVidSynchronizeExecutionCallback', 2],
    ] as const) {
      expect(crashOf(() => kernel.processor.run(name, irql, () => read('Value'))).code).to.equal(0x0a);
      const set = () => vp.VideoPortSetRegistryParameters(ext, 'Value', buffer, 1);
      expect(crashOf(() => kernel.processor.run(name, irql, set)).code).to.equal(0x0a);
    }
  });
  rule(FLUSH, 'writes the key out and returns NO_ERROR', () => {
    let saved: string[] = [];
    registry().onFlush = () => {
      saved = [...registry().entries].map((entry) => entry.path);
    };
    write('Sub\\Value', [1]);
    expect(saved).to.deep.equal([]);
    expect(vp.VideoPortFlushRegistry(ext)).to.equal(vp.NO_ERROR);
    expect(saved).to.deep.equal(['2\\Sub\\Value']);
  });
  rule(FLUSH, 'is for PASSIVE_LEVEL: 0x0A above', () => {
    kernel.processor.irql = vp.DISPATCH_LEVEL;
    expect(crashOf(() => vp.VideoPortFlushRegistry(ext)).code).to.equal(0x0a);
  });
});
