import { benchEngineDoorbell } from '../../../bench/engine-doorbell.ts';

describe('bench', () => {
  it('runs', async function () {
    this.timeout(120000);
    const out: string[] = [];
    for (let i = 0; i < 6; i++) {
      (globalThis as any).LATE = i % 2 === 1;
      for (const row of [...(await benchEngineDoorbell())])
        out.push(`${row.value.toFixed(3)}/${row.baseline.toFixed(3)}=${row.ratio.toFixed(2)}`);
    }
    console.log(out.join('  '));
  });
});
