import { benchEngineDoorbell } from '../../../bench/engine-doorbell.ts';
import { benchEngineUpload } from '../../../bench/engine-upload.ts';

describe('bench', () => {
  it('runs', async function () {
    this.timeout(120000);
    for (const row of [...(await benchEngineDoorbell()), ...(await benchEngineUpload())])
      console.log(
        `${row.name}: ${row.value.toFixed(3)} ${row.unit} / ${row.baseline.toFixed(3)} = ${row.ratio.toFixed(3)} (${row.target})`,
      );
  });
});
