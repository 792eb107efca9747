import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import type { BootOptions } from '../../src/machine/machine-types.ts';
import { driver } from '../support/drivers.ts';

/** Boots a driver that comes to its end by itself, and gives the report. */
async function run(source: string, options: Partial<BootOptions> = {}) {
  const machine = await Machine.boot({ source, fileName: 'driver.ts', pacing: 'unpaced', ...options });
  await machine.ended;
  return machine.stop({ graceMs: 5000 });
}

/** Has the device fill each element of a locked buffer with a number of its own, and looks at the memory. */
const FILLS = driver(`
  const ranges: any[] = [];
  vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, ranges, null, null, vp.out<number>());
  const registers = vp.VideoPortGetDeviceBase(ext, ranges[0].RangeStart, ranges[0].RangeLength, 0);
  const write = (name: keyof typeof hw.RINGGPU_REG, value: number) =>
    vp.VideoPortWriteRegisterUlong(registers + hw.RINGGPU_REG[name], value);
  const read = (name: keyof typeof hw.RINGGPU_REG) => vp.VideoPortReadRegisterUlong(registers + hw.RINGGPU_REG[name]);
  const adapter = vp.VideoPortGetDmaAdapter(ext, {
    ScatterGather: SCATTER_GATHER, Dma32BitAddresses: true, Dma64BitAddresses: false, MaximumLength: 6 * 4096,
  });
  const logical = vp.out<bigint>();
  const ring = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, true, vp.NULL);
  write('RING_BASE_LO', vp.LowPart(logical.value));
  write('RING_BASE_HI', vp.HighPart(logical.value));
  write('RING_SIZE', 4096);
  write('CONTROL', hw.RINGGPU_CONTROL_ENABLE);
  const bytes = 5 * 4096;
  const block = vp.VideoPortAllocatePool(ext, vp.VpPagedPool, bytes, 1);
  vp.VideoPortZeroMemory(block, bytes);
  const mdl = vp.VideoPortLockBuffer(ext, block + 100, bytes - 200, vp.VpWriteAccess);
  const length = vp.out(bytes - 200);
  let list: any = null;
  vp.VideoPortStartDma(ext, adapter, mdl, 0, length, (_ext: any, _adapter: number, given: any) => {
    list = given;
    const words: number[] = [];
    for (const [i, element] of given.Elements.entries()) {
      words.push(hw.RINGGPU_HEADER('FILL_RECT'), vp.LowPart(element.Address), vp.HighPart(element.Address), element.Length,
        0, hw.RINGGPU_PAIR(element.Length / 4, 1), hw.RINGGPU_FORMAT_X8R8G8B8, 0x1000 + i);
    }
    words.push(hw.RINGGPU_HEADER('FENCE'), 7);
    vp.mem.u32(ring, words.length).set(words);
    write('RING_TAIL', words.length * 4);
  }, null, false);
  for (let i = 0; read('FENCE_VALUE') !== 7 && i < 100000; i++) vp.VideoPortStallExecution(50);
  const expected: number[] = [];
  for (const [i, element] of list.Elements.entries())
    for (let at = 0; at < element.Length; at += 4) expected.push(0x1000 + i);
  const elements = list.NumberOfElements;
  vp.VideoPortCompleteDma(ext, adapter, list, false);
  const got = vp.mem.u32(block + 100, (bytes - 200) / 4);
  const same = expected.length === got.length && expected.every((value, i) => (got[i] & 0xffffff) === value);
  const around = vp.mem.u8(block, 100).every((byte) => byte === 0) && vp.mem.u8(block + bytes - 100, 100).every((byte) => byte === 0);
  console.log('same', same, 'around', around, 'several', elements > 1);
  vp.VideoPortUnlockBuffer(ext, mdl);
  vp.VideoPortFreePool(ext, block);
  write('CONTROL', hw.RINGGPU_CONTROL_RESET);
  while (read('STATUS') & hw.RINGGPU_STATUS_RESETTING) vp.VideoPortStallExecution(10);
  vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, logical.value, ring, true);
  vp.VideoPortPutDmaAdapter(ext, adapter);
  return vp.ERROR_DEV_NOT_EXIST;`);

for (const engine of ['webgpu', 'software'] as const) {
  for (const scatterGather of [true, false]) {
    it(`VideoPortStartDma lets the ${engine} device write into pool memory ${scatterGather ? 'by several elements' : 'by one element'}, and nothing beside it`, async () => {
      const report = await run(FILLS.replace('SCATTER_GATHER', String(scatterGather)), { engine });
      expect(report.findings).to.deep.equal([]);
      expect(report.log).to.include(`driver info: same true around true several ${scatterGather}`);
    });
  }
}

it('VideoPortRegisterBugcheckCallback has its callback write into the dump when the watchdog stops the driver', async () => {
  const source = driver(`
  vp.VideoPortRegisterBugcheckCallback(ext, 0xea, (_ext: any, code: number, buffer: number, size: number) => {
    vp.mem.u8(buffer, size).fill(1);
    console.log('callback', code, size);
  }, 148);
  for (;;) vp.VideoPortStallExecution(100);`);
  const report = await run(source, { engine: 'software', watchdogSeconds: 1 });
  expect(report.bugCheck?.code).to.equal(0xea);
  expect(report.log.join('\n')).to.match(/callback 234 100[\s\S]*HwVidBugcheckCallback added 100 bytes to the dump/);
});

it('VideoPortGetProcAddress finds functions by name in a running driver', async () => {
  const source = driver(`
  console.log('found', config.VideoPortGetProcAddress(ext, 'VideoPortStartDma') === vp.VideoPortStartDma,
    config.VideoPortGetProcAddress(ext, 'VideoPortNothing'));
  return vp.ERROR_DEV_NOT_EXIST;`).replace(
    'HwFindAdapter(ext: any)',
    'HwFindAdapter(ext: any, _c: any, _a: any, config: any)',
  );
  const report = await run(source, { engine: 'software' });
  expect(report.log).to.include('driver info: found true null');
});

it('the report at stop names what was allocated and never given back, family by family, where it was allocated', async () => {
  const source = driver(`
  const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 100, 0x41424344);
  vp.VideoPortLockBuffer(ext, block, 100, vp.VpReadAccess);
  vp.VideoPortCreateSpinLock(ext, vp.out<number>());
  vp.VideoPortAcquireDeviceLock(ext);
  return vp.ERROR_DEV_NOT_EXIST;`);
  const report = await run(source, { engine: 'software' });
  expect(report.findings.map((finding) => finding.message.replace(/0x\w+/g, '…'))).to.deep.equal([
    '100 bytes at … were never unlocked with VideoPortUnlockBuffer',
    "100 bytes of nonpaged pool at … ('DCBA') were never freed",
    'the spin lock … was never deleted with VideoPortDeleteSpinLock',
    'the device lock is still held: VideoPortReleaseDeviceLock is missing once',
  ]);
  expect(report.findings.every((finding) => (finding.line ?? 0) > 0)).to.equal(true);
});
