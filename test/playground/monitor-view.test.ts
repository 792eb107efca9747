import { expect } from 'chai';
import '../../src/playground/monitor-view.ts';
import type { MonitorView } from '../../src/playground/monitor-view.ts';

describe('the size of a picture on the monitor', () => {
  it('is a whole multiple of the mode’s where that costs little room, else as large as the monitor', async () => {
    const monitor = document.createElement('vp-monitor') as MonitorView;
    document.body.append(monitor);
    await monitor.updateComplete;
    const slot = monitor.stack.open();
    const dot = 1 / devicePixelRatio;
    for (const [mode, room, picture] of [
      [
        [640, 480],
        [642, 482],
        [640, 480],
      ],
      [
        [640, 480],
        [700, 500],
        [640, 480],
      ],
      [
        [640, 480],
        [900, 675],
        [900, 675],
      ],
      [
        [640, 480],
        [600, 450],
        [600, 450],
      ],
      [
        [320, 240],
        [700, 525],
        [640, 480],
      ],
      [
        [1280, 720],
        [640, 480],
        [640, 360],
      ],
      [
        [3840, 2160],
        [640, 480],
        [640, 360],
      ],
    ] as const) {
      monitor.style.width = `${room[0] * dot}px`;
      monitor.style.height = `${room[1] * dot}px`;
      monitor.stack.shape(slot, mode[0], mode[1]);
      const { width, height } = slot.getBoundingClientRect();
      const got = [width / dot, height / dot].map(Math.round);
      expect(got, `${mode.join('×')} in ${room.join('×')}`).to.deep.equal(picture);
    }
    monitor.remove();
  });
});
