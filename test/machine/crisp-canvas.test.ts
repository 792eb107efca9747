import { expect } from 'chai';
import { keepCrisp } from '../../src/machine/crisp-canvas.ts';

describe('a monitor’s canvas', () => {
  it('keeps its pixels sharp at whole multiples of the screen’s dots and smooths them in between', async () => {
    const canvas = document.createElement('canvas');
    document.body.append(canvas);
    keepCrisp(canvas);
    for (const [width, css, wanted] of [
      [320, 640, 'pixelated'],
      [320, 500, 'auto'],
      [250, 500, 'pixelated'],
      [500, 500, 'pixelated'],
      [1000, 500, 'auto'],
      [499, 500, 'auto'],
    ] as const) {
      canvas.width = width;
      canvas.height = width / 2;
      const dots = css / devicePixelRatio;
      canvas.style.width = `${dots}px`;
      canvas.style.height = `${dots / 2 + 1}px`;
      for (let tries = 0; tries < 300 && canvas.style.imageRendering !== wanted; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(canvas.style.imageRendering, `${width} pixels on ${css} dots`).to.equal(wanted);
    }
    canvas.remove();
  });
});
