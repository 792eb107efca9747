/** Small drivers for tests: mini with something put in, and drivers that do one thing. */
import mini from '../../src/miniports/mini.ts?raw';

/** The shipped driver, whole. */
export const MINI = mini;

/** mini with `code` put in at the beginning of one of its functions. Fails when mini has no such function. */
export function miniWith(functionName: string, code: string): string {
  const head = new RegExp(`(function ${functionName}\\([^]*?\\)(?:: [\\w | ]+)? \\{\n)`);
  if (!head.test(mini)) throw new Error(`mini.ts has no function ${functionName}`);
  return mini.replace(head, (match) => `${match}${code}\n`);
}

/** A driver that does nothing but start; `findAdapter` is its HwVidFindAdapter's body, `more` stands beside it. */
export function driver(findAdapter: string, more = ''): string {
  return `import * as vp from 'videoport';
import * as hw from 'ringgpu';
${more}
export function DriverEntry(a: number, b: string): number {
  return vp.VideoPortInitialize(a, b, {
    HwInitDataSize: vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA, AdapterInterfaceType: vp.PCIBus, HwDeviceExtensionSize: 0,
    HwFindAdapter, HwInitialize: () => true, HwStartIO: () => true,
  }, vp.NULL);
}
function HwFindAdapter(ext: any): number {
${findAdapter}
  return vp.NO_ERROR;
}
`;
}

/** The line (from 1) on which `text` stands in a source. */
export function lineOf(source: string, text: string): number {
  const index = source.indexOf(text);
  if (index < 0) throw new Error(`the source does not contain ${text}`);
  return source.slice(0, index).split('\n').length;
}
