import { expect } from 'chai';
import { Machine } from '../../src/machine/machine.ts';
import { driver } from '../support/drivers.ts';

/** Writes a line of pixels into local memory, has the device copy it one to the right, and brings it back into the window. */
const SHIFTS = driver(`
  const ranges: any[] = [];
  vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, ranges, null, null, vp.out<number>());
  const registers = vp.VideoPortGetDeviceBase(ext, ranges[0].RangeStart, hw.RINGGPU_REGISTER_BYTES, 0);
  const write = (name: keyof typeof hw.RINGGPU_REG, value: number) =>
    vp.VideoPortWriteRegisterUlong(registers + hw.RINGGPU_REG[name], value);
  const read = (name: keyof typeof hw.RINGGPU_REG) => vp.VideoPortReadRegisterUlong(registers + hw.RINGGPU_REG[name]);
  const adapter = vp.VideoPortGetDmaAdapter(ext, {
    ScatterGather: false, Dma32BitAddresses: true, Dma64BitAddresses: false, MaximumLength: 4096,
  });
  const logical = vp.out<bigint>();
  const ring = vp.VideoPortAllocateCommonBuffer(ext, adapter, 4096, logical, true, vp.NULL);
  write('RING_BASE_LO', vp.LowPart(logical.value));
  write('RING_BASE_HI', vp.HighPart(logical.value));
  write('RING_SIZE', 4096);
  write('CONTROL', hw.RINGGPU_CONTROL_ENABLE);
  const window = vp.out(vp.NULL);
  const bytes = vp.out(read('LOCAL_SIZE'));
  vp.VideoPortMapMemory(ext, ranges[0].RangeStart + BigInt(hw.RINGGPU_LOCAL_OFFSET), bytes, vp.out(0), window);
  const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 256, 1);
  vp.mem.u32(block, 64).forEach((_, i, pixels) => { pixels[i] = i + 1; });
  const at = 0x123400;
  vp.VideoPortWriteRegisterBufferUlong(window.value + at, block, 64);
  const line = [at, hw.RINGGPU_LOCAL_HI, 256];
  const words = [
    hw.RINGGPU_HEADER('COPY_RECT'), ...line, hw.RINGGPU_PAIR(1, 0), ...line, 0, hw.RINGGPU_PAIR(63, 1), 0,
    hw.RINGGPU_HEADER('WRITE_BACK', hw.RINGGPU_FLAG_WINDOW), 0, 0, at, hw.RINGGPU_LOCAL_HI, 256,
    hw.RINGGPU_HEADER('FENCE'), 7,
  ];
  vp.mem.u32(ring, words.length).set(words);
  write('RING_TAIL', words.length * 4);
  for (let i = 0; read('FENCE_VALUE') !== 7 && i < 100000; i++) vp.VideoPortStallExecution(50);
  vp.VideoPortReadRegisterBufferUlong(window.value + at, block, 64);
  console.log('line', [...vp.mem.u32(block, 64)].every((pixel, i) => pixel === Math.max(1, i)), bytes.value);
  vp.VideoPortFreePool(ext, block);
  vp.VideoPortUnmapMemory(ext, window.value, vp.NULL);
  vp.VideoPortFreeDeviceBase(ext, registers);
  vp.VideoPortReleaseCommonBuffer(ext, adapter, 4096, logical.value, ring, true);
  vp.VideoPortPutDmaAdapter(ext, adapter);
  return vp.ERROR_DEV_NOT_EXIST;`);

for (const engine of ['webgpu', 'software'] as const) {
  it(`a driver maps local memory from BAR 0, and shares it with the ${engine} device`, async () => {
    const machine = await Machine.boot({ source: SHIFTS, fileName: 'driver.ts', pacing: 'unpaced', engine });
    await machine.ended;
    const report = await machine.stop({ graceMs: 5000 });
    expect(report.findings).to.deep.equal([]);
    expect(report.log).to.include('driver info: line true 33554432');
  });
}
