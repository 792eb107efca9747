import { expect } from 'chai';
import { DdcMonitor } from '../../src/bus/ddc-monitor.ts';
import { createEdid } from '../../src/bus/edid.ts';

/** Sends bits as a host does: data changes while the clock is low. */
function send(monitor: DdcMonitor, byte: number): boolean {
  for (let bit = 7; bit >= 0; bit--) {
    monitor.setData(((byte >> bit) & 1) === 1);
    monitor.setClock(true);
    monitor.setClock(false);
  }
  monitor.setData(true);
  monitor.setClock(true);
  const acknowledged = !monitor.data;
  monitor.setClock(false);
  return acknowledged;
}

function start(monitor: DdcMonitor): void {
  monitor.setData(true);
  monitor.setClock(true);
  monitor.setData(false);
  monitor.setClock(false);
}

describe('DdcMonitor', () => {
  it('acknowledges its own address, for reading and writing, and no other', () => {
    for (const [address, answered] of [
      [0xa0, true],
      [0xa1, true],
      [0xa2, false],
      [0x60, false],
    ] as const) {
      const monitor = new DdcMonitor();
      start(monitor);
      expect(send(monitor, address), address.toString(16)).to.equal(answered);
    }
  });
  it('leaves the data line alone when nobody speaks to it', () => {
    const monitor = new DdcMonitor();
    start(monitor);
    send(monitor, 0x42);
    for (let i = 0; i < 20; i++) {
      monitor.setClock(true);
      expect(monitor.data).to.equal(true);
      monitor.setClock(false);
    }
  });
});

describe('createEdid', () => {
  it('makes a base block: header, version 1.3, checksum 0, the preferred mode 1280 × 720', () => {
    const edid = createEdid();
    expect([...edid.slice(0, 8)]).to.deep.equal([0, 255, 255, 255, 255, 255, 255, 0]);
    expect([edid[18], edid[19]]).to.deep.equal([1, 3]);
    expect(edid.reduce((sum, byte) => sum + byte, 0) % 256).to.equal(0);
    const [width, height] = [56, 59].map((at) => (edid[at] as number) + (((edid[at + 2] as number) >> 4) << 8));
    expect([width, height]).to.deep.equal([1280, 720]);
  });
});
