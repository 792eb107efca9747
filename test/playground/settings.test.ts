import { expect } from 'chai';
import { readSetting, writeSetting } from '../../src/playground/settings.ts';
import { chooseTheme, currentTheme } from '../../src/playground/theme.ts';

describe('settings', () => {
  afterEach(() => {
    // An own property hides the one of Window's prototype; without it the real storage is back.
    Reflect.deleteProperty(window, 'localStorage');
    writeSetting('theme', null);
    delete document.documentElement.dataset.theme;
  });

  it('remembers what was written and forgets on request', () => {
    writeSetting('theme', 'light');
    expect(readSetting('theme')).to.equal('light');
    writeSetting('theme', null);
    expect(readSetting('theme')).to.equal(null);
  });

  it('goes on without storage, as in a sandboxed frame, and keeps the theme for the visit', () => {
    Object.defineProperty(window, 'localStorage', {
      configurable: true,
      get() {
        throw new DOMException('The document is sandboxed', 'SecurityError');
      },
    });
    expect(readSetting('theme')).to.equal(null);
    const other = currentTheme() === 'dark' ? 'light' : 'dark';
    chooseTheme(other);
    expect(currentTheme()).to.equal(other);
    expect(document.documentElement.dataset.theme).to.equal(other);
  });

  it('a chosen theme outlives the page', () => {
    chooseTheme('light');
    delete document.documentElement.dataset.theme;
    expect(currentTheme()).to.equal('light');
  });
});
