/** How long share links are, over the whole gallery: as shipped, and lightly edited beside the whole text deflated. */
import { deflateSync } from 'fflate';
import { toBase64Url } from '../src/link/base64url.ts';
import { exampleIds, loadExample } from '../src/link/examples.ts';
import { encodeLink } from '../src/link/link.ts';
import { defaultMachine } from '../src/link/link-state.ts';
import { lightlyEdited } from '../test/support/light-edit.ts';
import type { Row } from './row.ts';

/** @returns two rows for each shipped driver */
export async function linkBench(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const base of exampleIds) {
    const text = (await loadExample(base)) ?? '';
    const row = async (what: string, source: string, most: number) => {
      const value = (await encodeLink({ base, fileName: `${base}.ts`, source, machine: defaultMachine })).length;
      const baselineValue = toBase64Url(deflateSync(new TextEncoder().encode(source), { level: 9 })).length;
      rows.push({
        name: `link to ${base}, ${what}`,
        value,
        unit: 'characters',
        baseline: 'the whole text, deflated',
        baselineValue,
        ratio: value / baselineValue,
        target: `≤ ${most} characters`,
        met: value <= most,
      });
    };
    await row('as shipped', text, 40);
    await row('lightly edited', lightlyEdited(text), 300);
  }
  return rows;
}
