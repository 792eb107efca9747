import { expect } from 'chai';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { readSetting, writeSetting } from '../../src/playground/settings.ts';
import type { Tour } from '../../src/playground/tour.ts';
import { FakeMachineHost } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const until = async (what: string, condition: () => unknown) => {
  const patience = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${what}`);
    await frame();
  }
};

describe('tour', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;
  const tour = () => app.shadowRoot?.querySelector<Tour>('vp-tour');
  const within = (selector: string) => tour()?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  const press = (key: string) =>
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, shiftKey: key === '?' }),
    );

  const open = async (wanted: boolean) => {
    app = new PlaygroundApp();
    host = new FakeMachineHost();
    app.machineHost = host;
    app.tour = wanted;
    app.desk.workspace.openShipped('mini', 'const a = 1;');
    document.body.append(app);
    await until('the machine', () => host.machines.length > 0);
    host.machine.comeUp();
  };

  before(loadPageStyles);
  beforeEach(() => writeSetting('tour', null));
  afterEach(() => {
    app.remove();
    writeSetting('tour', null);
  });

  it('begins with the first picture, moves nothing, leads through four cards and is over for good', async () => {
    await open(true);
    await frame();
    expect(tour()?.open, 'before the first picture').not.to.equal(true);
    /** Sizes, and places within the page, which may be scrolled. */
    const places = () => {
      const { x, y } = app.getBoundingClientRect();
      return ['vp-header', '.case', '.source-pane', 'vp-output'].map((selector) => {
        const box = app.shadowRoot?.querySelector(selector)?.getBoundingClientRect();
        return [(box?.x ?? 0) - x, (box?.y ?? 0) - y, box?.width, box?.height];
      });
    };
    const before = places();
    host.machine.showFrame();
    await until('the tour', () => within('.card'));
    expect(places()).to.deep.equal(before);
    const titles: string[] = [];
    for (let card = 0; card < 4; card++) {
      await until('the focus', () => tour()?.shadowRoot?.activeElement?.hasAttribute('data-next'));
      titles.push(within('h2')?.textContent ?? '');
      const box = within('.card')?.getBoundingClientRect();
      expect(box?.left, 'within the window').to.be.at.least(0);
      expect(box?.right).to.be.at.most(innerWidth);
      expect(box?.top).to.be.at.least(0);
      expect(box?.bottom).to.be.at.most(innerHeight);
      expect(within('[aria-live]')?.textContent).to.contain(`${card + 1} of 4`);
      within('[data-next]')?.click();
      await tour()?.updateComplete;
    }
    expect(new Set(titles).size).to.equal(4);
    expect(tour()?.open).to.equal(false);
    expect(readSetting('tour')).to.equal('seen');
  });

  it('ends on Escape wherever the focus is, and gives it back', async () => {
    await open(false);
    const stop = app.shadowRoot
      ?.querySelector('vp-controls')
      ?.shadowRoot?.querySelector<HTMLElement>('[data-action=stop]');
    stop?.focus();
    app.tour = true;
    host.machine.showFrame();
    await until('the focus', () => tour()?.shadowRoot?.activeElement);
    press('Escape');
    await frame();
    expect(within('.card')).to.equal(null);
    expect(stop?.matches(':focus')).to.equal(true);
    expect(readSetting('tour')).to.equal('seen');
  });

  it('makes way for a dialog, and can be had again from the list of keys', async () => {
    await open(true);
    host.machine.showFrame();
    await until('the tour', () => within('.card'));
    press('?');
    await frame();
    expect(tour()?.open).to.equal(false);
    app.shadowRoot?.querySelector('vp-shortcuts')?.shadowRoot?.querySelector<HTMLElement>('[data-tour]')?.click();
    await until('the tour', () => within('.card'));
    expect(within('h2')?.textContent).to.contain('real driver');
  });
});
