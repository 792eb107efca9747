import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as packets from '../../src/devices/ringgpu/packets.ts';
import * as registers from '../../src/devices/ringgpu/registers.ts';
import { readDatasheet, renderDatasheet } from '../../tools/datasheet.ts';

describe('docs/device.md', () => {
  it('has the tables of the device as it is (if not: tsx tools/datasheet.ts)', () => {
    const text = readDatasheet();
    assert.equal(renderDatasheet(text), text);
  });

  it('names every register and every packet', () => {
    const text = readDatasheet();
    for (const name of ['RING_TAIL', 'FENCE_VALUE', 'VBLANK_COUNT', 'FILL_RECT', 'COPY_RECT', 'FLIP']) {
      assert.ok(text.includes(name), `${name} is missing`);
    }
  });

  it('names whatever drivers import from the module ringgpu', () => {
    const text = readDatasheet();
    const families = [...text.matchAll(/`(RINGGPU_\w+_)…`/g)].map(([, prefix]) => prefix ?? '');
    const unnamed = Object.keys({ ...packets, ...registers })
      .filter((name) => name.startsWith('RINGGPU_'))
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(text) && !families.some((family) => name.startsWith(family)));
    assert.deepEqual(unnamed, []);
  });

  it('cannot lose a table: rendering a text without the markers fails', () => {
    assert.throws(() => renderDatasheet('# RingGPU'), /registers/);
  });

  it('is rewritten where it is stale', () => {
    const text = readDatasheet();
    const stale = text.replace('| 000h ', '| 004h ');
    assert.notEqual(stale, text);
    assert.equal(renderDatasheet(stale), text);
  });
});
