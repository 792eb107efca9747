import { expect } from 'chai';
import { readSetting, writeSetting } from '../../src/playground/settings.ts';
import { Splitter } from '../../src/playground/splitter.ts';

describe('divider between panes', () => {
  let parent: HTMLElement;
  let splitter: Splitter;

  const make = (kept: string) => {
    parent = document.createElement('div');
    parent.style.cssText =
      'display: grid; box-sizing: border-box; width: 1000px; height: 400px; padding: 0 50px; grid-template-columns: var(--split-columns, 540px) 10px minmax(0, 1fr)';
    splitter = new Splitter();
    splitter.label = 'Left and right';
    splitter.kept = kept;
    parent.append(document.createElement('p'), splitter, document.createElement('p'));
    document.body.append(parent);
  };
  const left = () => parent.firstElementChild?.getBoundingClientRect().width ?? 0;
  const press = (key: string, some: KeyboardEventInit = {}) =>
    splitter.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...some }));
  const point = (type: string, clientX: number) =>
    splitter.dispatchEvent(
      new PointerEvent(type, { clientX, clientY: 10, button: 0, bubbles: true, cancelable: true }),
    );

  beforeEach(() => writeSetting('split-debug-columns', null));
  afterEach(() => {
    parent.remove();
    writeSetting('split-debug-columns', null);
  });

  it('leaves the page its own measure until someone moves it, and gives it back on Enter and double click', () => {
    make('debug');
    expect(left()).to.equal(540);
    press('ArrowRight');
    expect(left()).to.equal(558);
    expect(readSetting('split-debug-columns')).to.equal('62');
    press('Enter');
    expect(left()).to.equal(540);
    expect(readSetting('split-debug-columns')).to.equal(null);
    press('Home');
    splitter.dispatchEvent(new MouseEvent('dblclick'));
    expect(left()).to.equal(540);
  });

  it('is a separator that says what it divides, where it stands and how far it goes', () => {
    make('debug');
    splitter.focus();
    expect(document.activeElement).to.equal(splitter);
    expect(splitter).to.include({ role: 'separator', ariaLabel: 'Left and right', ariaOrientation: 'vertical' });
    expect(splitter.ariaValueNow).to.equal('60');
    press('End');
    expect(splitter.ariaValueNow).to.equal(splitter.ariaValueMax);
    press('ArrowLeft', { shiftKey: true });
    expect(splitter.ariaValueNow).to.equal(String(Number(splitter.ariaValueMax) - 10));
  });

  it('follows the pointer from where it was taken, and no further than its ends', () => {
    make('debug');
    // A pointer that is not there cannot be captured.
    splitter.setPointerCapture = () => {};
    const at = splitter.getBoundingClientRect().left;
    point('pointerdown', at + 4);
    point('pointermove', at + 4 + 90);
    expect(left()).to.be.closeTo(630, 0.5);
    point('pointermove', at + 5000);
    expect(left()).to.be.closeTo(765, 0.5);
    point('pointerup', at + 5000);
    point('pointermove', at);
    expect(left()).to.be.closeTo(765, 0.5);
  });

  it('is found where it was left, if it is to be remembered; what is remembered wrongly is not taken', () => {
    make('debug');
    press('Home');
    const kept = left();
    parent.remove();
    make('debug');
    expect(left()).to.equal(kept);
    parent.remove();
    make('');
    expect(left()).to.equal(540);
    press('End');
    parent.remove();
    make('debug');
    expect(left()).to.equal(kept);
    parent.remove();
    writeSetting('split-debug-columns', 'wide');
    make('debug');
    expect(left()).to.equal(540);
  });

  it('keeps a share under each name, and gives the first part all of the room where that is possible', async () => {
    make('debug');
    press('Home');
    const kept = left();
    splitter.kept = 'present';
    splitter.whole = true;
    await splitter.updateComplete;
    expect(left()).to.equal(540);
    press('End');
    expect([left(), splitter.ariaValueNow, splitter.ariaValueMax]).to.deep.equal([900, '100', '100']);
    expect(readSetting('split-present-columns')).to.equal('100');
    press('ArrowLeft');
    expect(splitter.share).to.equal(85);
    splitter.toggleWhole();
    expect(splitter.share).to.equal(100);
    splitter.kept = 'debug';
    splitter.whole = false;
    await splitter.updateComplete;
    expect(left()).to.equal(kept);
    writeSetting('split-present-columns', null);
  });

  it('can be put somewhere for this visit alone', () => {
    make('debug');
    splitter.show(30);
    expect(left()).to.equal(270);
    expect(readSetting('split-debug-columns')).to.equal(null);
    splitter.show(3);
    expect(splitter.share).to.equal(15);
  });
});
