import { expect } from 'chai';
import { ShareDialog, type Shared } from '../../src/playground/share-dialog.ts';
import { loadPageStyles } from './page-styles.ts';

const picture = { width: 2, height: 1, pixels: new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255]) };

describe('share dialog', () => {
  let dialog: ShareDialog;
  const find = <Found extends HTMLElement = HTMLElement>(selector: string) =>
    dialog.renderRoot.querySelector<Found>(selector);
  const show = async (some: Partial<Shared> = {}) => {
    await dialog.show(Promise.resolve({ fragment: '#v1.mini@00000000.abc', fileName: 'my-mini.ts', picture, ...some }));
    await dialog.updateComplete;
  };
  /** Puts a clipboard in the place of the browser's while `test` runs. */
  const withClipboard = async (clipboard: Partial<Clipboard>, test: () => Promise<void>) => {
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
    try {
      await test();
    } finally {
      Reflect.deleteProperty(navigator, 'clipboard');
    }
  };
  const settle = async () => {
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setTimeout(resolve));
    await dialog.updateComplete;
  };

  before(loadPageStyles);
  beforeEach(() => {
    dialog = new ShareDialog();
    document.body.append(dialog);
  });
  afterEach(() => dialog.remove());

  it('selects the link, and says how long it is', async () => {
    await show();
    const link = find<HTMLInputElement>('#link');
    expect(link?.value).to.match(/#v1\.mini@00000000\.abc$/);
    expect(find('.quiet')?.textContent).to.contain(`${link?.value.length} characters hold my-mini.ts`);
    expect(find('.long')).to.equal(null);
    await show({ fragment: `#v1.mini@00000000.${'a'.repeat(3000)}` });
    expect(find('.long')?.textContent).to.contain('2,000 characters');
  });

  it('copies link, snippet and picture, and says so', async () => {
    const written: string[] = [];
    const items: ClipboardItem[] = [];
    await withClipboard(
      {
        writeText: async (text) => void written.push(text),
        write: async (some) => void items.push(...some),
      },
      async () => {
        await show();
        find('[data-copy=link]')?.click();
        await settle();
        expect(find('[data-copy=link]')?.textContent).to.equal('Copied');
        find('[data-copy=snippet]')?.click();
        await settle();
        find('[data-copy=picture]')?.click();
        await settle();
        expect(find('[data-copy=picture]')?.textContent).to.equal('Copied');
        expect(find('[role=status]')?.textContent).to.equal('Copied');
      },
    );
    expect(written[0]).to.equal(find<HTMLInputElement>('#link')?.value);
    expect(written[1]).to.match(/^<iframe src="[^"]+\?embed#v1\.mini@00000000\.abc"/);
    const bitmap = await createImageBitmap((await items[0]?.getType('image/png')) as Blob);
    expect([bitmap.width, bitmap.height]).to.deep.equal([2, 1]);
  });

  it('says what to do where the clipboard is closed, and when there is no picture', async () => {
    const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    await withClipboard({ writeText: refuse, write: refuse }, async () => {
      await show();
      find('[data-copy=link]')?.click();
      await settle();
      expect(find('.problem')?.textContent).to.contain('copy it by hand');
      find('[data-copy=picture]')?.click();
      await settle();
      expect(find('.problem')?.textContent).to.contain('Download it instead');
    });
    await show({ picture: null });
    expect(find('[data-png]')).to.equal(null);
    expect(dialog.renderRoot.textContent).to.contain('The monitor shows nothing now');
  });
});
