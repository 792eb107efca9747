import { expect } from 'chai';
import source from '../../src/miniports/sprites.ts?raw';
import { colours, type Still, stillPicture } from './still-picture.ts';

const FRAMES = 2;

describe('the driver sprites', () => {
  const stills = new Map<string, Still>();

  for (const engine of ['webgpu', 'software'] as const) {
    it(`shows its frames on the ${engine} engine and shuts down clean: no finding, every buffer released`, async () => {
      const still = await stillPicture(source, engine, FRAMES);
      stills.set(engine, still);
      const { report } = still;
      expect(report.findings).to.deep.equal([]);
      expect(report.bugCheck).to.equal(null);
      expect(report.log.filter((line) => line.includes('error'))).to.deep.equal([]);
      expect(report.engine).to.equal(engine);
      expect(report.frames).to.equal(FRAMES);
      expect(report.fences).to.equal(FRAMES);
      expect(report.commonBuffers.every((buffer) => buffer.released)).to.equal(true);
      expect(colours(still.pixels)).to.be.greaterThan(100);
      // Atlas and frames lie in local memory: of a frame only its vertices cross the bus, and its fence.
      expect(report.dmaWriteBytes).to.be.below(4096);
      expect(report.dmaReadBytes).to.be.below((FRAMES + 2) * 200_000);
    });
  }

  it('leaves the same picture on both engines, bit for bit', () => {
    const [webgpu, software] = [stills.get('webgpu'), stills.get('software')];
    expect(webgpu?.width).to.equal(640);
    expect(webgpu?.report.screen).to.deep.equal(software?.report.screen);
    expect(webgpu?.pixels.findIndex((value, i) => value !== software?.pixels[i])).to.equal(-1);
  });
});
