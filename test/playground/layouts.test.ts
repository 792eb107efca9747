import { expect } from 'chai';
import { course } from '../../src/lessons/course.ts';
import { deepFocus } from '../../src/playground/focus.ts';
import type { Layout } from '../../src/playground/layout.ts';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { readSetting, settingsNamed, writeSetting } from '../../src/playground/settings.ts';
import type { Splitter } from '../../src/playground/splitter.ts';
import { FakeMachineHost } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const until = async (what: string, condition: () => unknown) => {
  const patience = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${what}`);
    await frame();
  }
};
const forget = () => {
  for (const name of settingsNamed('')) writeSetting(name, null);
  const address = new URL(location.href);
  address.searchParams.delete('lesson');
  history.replaceState(null, '', address.pathname + address.search);
};

describe('layouts of the page', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;

  const find = <Found extends HTMLElement>(...path: string[]): Found | null => {
    let at: Element | null = app;
    for (const selector of path) at = at?.shadowRoot?.querySelector(selector) ?? null;
    return at as Found | null;
  };
  const visible = (...path: string[]) => find(...path)?.checkVisibility() ?? false;
  const layoutSwitch = () => find('vp-header', 'vp-layouts') ?? find('vp-layouts');
  const chosen = () => layoutSwitch()?.shadowRoot?.querySelector<HTMLInputElement>(':checked')?.value;
  const press = (key: string) =>
    (deepFocus() ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
    );
  const settle = async () => {
    await frame();
    await app.updateComplete;
    await frame();
  };
  const open = async () => {
    host = new FakeMachineHost();
    app = new PlaygroundApp();
    app.desk.workspace.openShipped('mini', 'const a = 1;');
    app.machineHost = host;
    document.body.append(app);
    await settle();
    host.machine.comeUp();
    await settle();
  };

  before(loadPageStyles);
  beforeEach(forget);
  afterEach(() => {
    app?.remove();
    forget();
  });

  it('begin with everything at hand; keys and the switch change between them, and the choice is remembered', async () => {
    await open();
    expect([app.getAttribute('layout'), chosen()]).to.deep.equal(['debug', 'debug']);
    expect(visible('vp-output', 'vp-findings') && visible('vp-output', 'vp-log') && visible('vp-stats')).to.equal(true);
    press('3');
    await settle();
    expect([app.arrangement.layout, chosen(), readSetting('layout')]).to.deep.equal(['present', 'present', 'present']);
    expect([visible('vp-header'), visible('vp-output'), visible('vp-monitor')]).to.deep.equal([false, false, true]);
    expect(find('h1')?.textContent, 'the page keeps a title').to.equal('videoport');
    layoutSwitch()?.shadowRoot?.querySelector<HTMLElement>('[value=learn]')?.click();
    await settle();
    expect([app.arrangement.layout, visible('vp-stats'), visible('vp-output', 'vp-findings')]).to.deep.equal([
      'learn',
      false,
      false,
    ]);
    app.remove();
    await open();
    expect([app.arrangement.layout, chosen()]).to.deep.equal(['learn', 'learn']);
    expect(host.machines, 'the machine has nothing to do with it').to.have.length(1);
  });

  it('never lose the focus: what is gone hands it to the switch, what stays keeps it', async () => {
    await open();
    find('vp-header', '[aria-label=Share]')?.focus();
    press('3');
    await until('the switch', () => deepFocus()?.getAttribute('name') === 'layout');
    expect((deepFocus() as HTMLInputElement).value).to.equal('present');
    find('[data-source]')?.focus();
    press('2');
    await until('the switch', () => (deepFocus() as HTMLInputElement | null)?.value === 'debug');
    const stop = find('vp-controls', '[data-action=stop]');
    stop?.focus();
    for (const key of ['3', '1', '2']) {
      press(key);
      await settle();
      expect(deepFocus(), key).to.equal(stop);
    }
  });

  it('have dividers of their own, which keep their places', async () => {
    await open();
    const columns = () => find<Splitter>('vp-splitter[name=columns]');
    const arrange = async (layout: Layout) => {
      press({ learn: '1', debug: '2', present: '3' }[layout]);
      await settle();
    };
    expect(columns()?.ariaLabel).to.equal('Machine and source');
    columns()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home' }));
    await arrange('learn');
    expect([columns()?.share, columns()?.ariaLabel]).to.deep.equal([null, 'Source and machine']);
    await arrange('debug');
    expect(columns()?.share).to.equal(15);
  });

  it('put the source away for an audience, and bring it back when somebody goes there', async () => {
    await open();
    press('3');
    await settle();
    const toggle = () => find('[data-source]');
    toggle()?.click();
    await settle();
    expect([visible('vp-editor'), toggle()?.ariaPressed]).to.deep.equal([false, 'false']);
    press('2');
    await settle();
    expect(visible('vp-editor')).to.equal(true);
    press('3');
    await settle();
    expect(visible('vp-editor'), 'remembered').to.equal(false);
    press('s');
    await settle();
    expect([visible('vp-editor'), deepFocus()?.getAttribute('aria-label')]).to.deep.equal([true, 'Driver source']);
    press('l');
    await settle();
    expect([app.arrangement.layout, deepFocus()?.id], 'the log is not for an audience').to.deep.equal([
      'debug',
      'tab-log',
    ]);
  });

  it('show a lesson where there is one, else the list of them; what it took the place of comes back after it', async () => {
    await open();
    press('1');
    await until('the list', () => find('vp-course', '[data-lesson]'));
    const lessons = find('vp-course')?.shadowRoot?.querySelectorAll('[data-lesson]');
    expect(lessons).to.have.length(course.length);
    press('2');
    await settle();
    press('e');
    await until('the lesson', () => find('vp-lesson', 'details.hint'));
    expect(app.arrangement.layout).to.equal('learn');
    await until('the focus', () => deepFocus()?.tagName === 'H2');
    press('e');
    await settle();
    expect([app.arrangement.layout, find('vp-lesson')]).to.deep.equal(['debug', null]);
    press('1');
    await settle();
    expect(find('vp-lesson'), 'closed').to.equal(null);
    press('e');
    await until('the lesson again', () => find('vp-lesson'));
    press('e');
    await settle();
    expect(app.arrangement.layout, 'chosen, so it stays').to.equal('learn');
  });

  it('mean nothing to a page in a frame', async () => {
    writeSetting('layout', 'present');
    host = new FakeMachineHost();
    app = new PlaygroundApp();
    app.extent = 'embed';
    app.desk.workspace.openShipped('mini', 'const a = 1;');
    app.machineHost = host;
    document.body.append(app);
    await settle();
    expect(app.getAttribute('layout')).to.equal('embed');
    expect([layoutSwitch(), visible('vp-editor'), visible('vp-output')]).to.deep.equal([null, true, false]);
    press('1');
    await settle();
    expect([app.getAttribute('layout'), readSetting('layout')]).to.deep.equal(['embed', 'present']);
  });
});
