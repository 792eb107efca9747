import { expect } from 'chai';
// First of all: it counts what is created after it.
import { getWebGPUMemoryUsage } from 'webgpu-memory';
import { FakeCpu, surface } from './fake-cpu.ts';

/** A short life: buffers, some drawing, a flip, perhaps something left in flight. */
async function live(round: number): Promise<void> {
  const cpu = await FakeCpu.boot('webgpu', { ramBytes: 16 * 1024 * 1024 });
  const frame = cpu.allocate(640 * 480 * 4);
  cpu.fill(surface(frame, 2560), 0, 0, 640, 480, round);
  cpu.copy(surface(frame, 2560), 1, 1, surface(frame, 2560), 0, 0, 100, 100);
  cpu.flip(surface(frame, 2560), 640, 480);
  await cpu.finish();
  expect(frame.u32[0]).to.equal(round);
  if (round % 2) {
    cpu.fill(surface(frame, 2560), 0, 0, 640, 480, round);
    cpu.doorbell();
  }
  cpu.close();
}

describe('a GPU that serves many boots', () => {
  it('holds no more memory after a hundred than after ten', async () => {
    for (let round = 0; round < 10; round++) await live(round);
    await settle();
    const early = getWebGPUMemoryUsage();
    for (let round = 0; round < 90; round++) await live(round);
    await settle();
    const late = getWebGPUMemoryUsage();
    expect(early.memory.buffer, 'counted at all').to.be.greaterThan(100_000);
    expect(late.memory.buffer).to.be.at.most(early.memory.buffer);
    expect(late.resources.buffer).to.be.at.most(early.resources.buffer ?? 0);
  });
});

/** Lets maps that were under way at the last close come back. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
