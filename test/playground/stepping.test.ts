import { expect } from 'chai';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import type { SourceEditor } from '../../src/playground/source-editor.ts';
import { FakeMachineHost, findingAt, holdAt } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const source = Array.from({ length: 200 }, (_, index) => `const line${index + 1} = ${index + 1};`).join('\n');

describe('stepping on the page', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;

  const find = <Found extends HTMLElement>(...path: string[]): Found | null => {
    let at: Element | null = app;
    for (const selector of path) at = at?.shadowRoot?.querySelector(selector) ?? null;
    return at as Found | null;
  };
  const text = (...path: string[]) => (find(...path)?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const button = (action: string) => find('vp-controls', `[data-action=${action}]`);
  const label = (action: string) => button(action)?.getAttribute('aria-label');
  const enabled = () =>
    ['run', 'stop', 'restart', 'pause', 'step', 'step-out'].filter(
      (action) => button(action)?.getAttribute('aria-disabled') === 'false',
    );
  const settle = async () => {
    await frame();
    await app.updateComplete;
    await frame();
  };
  const press = (key: string, shiftKey = false, target: EventTarget = document.body) =>
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, composed: true, cancelable: true }),
    );
  const until = async (fulfilled: () => boolean) => {
    while (!fulfilled()) await frame();
  };
  const editor = () => find<SourceEditor>('vp-editor')?.editor;
  const editing = async () => {
    app.loadEditor = () => import('../../src/playground/editor/driver-editor.ts');
    await until(() => editor() != null);
    await settle();
  };
  const held = () => [...(editor()?.view.dom.querySelectorAll('.vp-hold') ?? [])].map((line) => line.textContent);

  before(async () => {
    await loadPageStyles();
    await import('../../src/machine/compile.ts');
  });

  beforeEach(async () => {
    host = new FakeMachineHost();
    app = new PlaygroundApp();
    app.style.height = '700px';
    app.desk.workspace.openShipped('mini', source);
    app.machineHost = host;
    document.body.append(app);
    await settle();
    host.machine.comeUp();
    await settle();
  });

  afterEach(() => app.remove());

  it('Pause holds, Resume lets go; it is one button, and the focus stays on it', async () => {
    expect([label('pause'), enabled()]).to.deep.equal(['Pause', ['stop', 'restart', 'pause']]);
    button('pause')?.focus();
    button('pause')?.click();
    await settle();
    expect([label('pause'), text('vp-bezel', '.state i + span')]).to.deep.equal([
      'Resume',
      'Paused, but the driver has not come to a VideoPort call yet',
    ]);
    expect(text('vp-bezel', 'vp-hold', 'div')).to.equal('Not at a VideoPort call yet');
    expect(enabled()).to.deep.equal(['run', 'stop', 'restart', 'pause']);
    host.machine.emit({ type: 'held', hold: holdAt(12) });
    await settle();
    expect(enabled()).to.deep.equal(['run', 'stop', 'restart', 'pause', 'step', 'step-out']);
    button('pause')?.click();
    await settle();
    expect([label('pause'), host.machine.resumes, text('vp-bezel', '.state')]).to.deep.equal(['Pause', 1, 'Running']);
    expect(find('vp-controls')?.shadowRoot?.activeElement).to.equal(button('pause'));
  });

  it('tells the call, its callback, its IRQL and its places, aloud too, and nothing of the page moves', async () => {
    const boxes = () =>
      ['vp-monitor', 'vp-bezel', 'vp-controls', 'vp-stats', 'vp-editor'].map((name) =>
        JSON.stringify(find(name)?.getBoundingClientRect()),
      );
    const before = boxes();
    host.machine.pause();
    host.machine.emit({ type: 'held', hold: holdAt(12, { callers: ['mini.ts:40:3', 'other.ts:5:1'] }) });
    await settle();
    expect(text('vp-bezel', '.state')).to.equal(
      'Paused before VideoPortAllocateCommonBuffer, mini.ts line 12, PASSIVE_LEVEL',
    );
    expect(text('vp-bezel', 'vp-hold', 'div')).to.equal(
      'VideoPortAllocateCommonBuffer(ext, 0x80000001, 4096, out, TRUE, 0)',
    );
    expect(text('vp-bezel', 'vp-hold', '.where')).to.equal(
      'HwVidFindAdapter · PASSIVE_LEVEL · mini.ts:12 ← 40 ← other.ts:5',
    );
    expect(boxes()).to.deep.equal(before);
    expect(find('vp-bezel', 'vp-lights')?.checkVisibility()).to.equal(false);
    host.machine.resume();
    await settle();
    expect(find('vp-bezel', 'vp-hold')?.checkVisibility()).to.equal(false);
    expect(find('vp-bezel', 'vp-lights')?.checkVisibility()).to.equal(true);
  });

  it('F8, F10 and Shift+F11 do it from anywhere, the editor included', async () => {
    await editing();
    const content = editor()?.view.contentDOM as HTMLElement;
    press('F8');
    expect(host.machine.state).to.equal('paused');
    host.machine.emit({ type: 'held', hold: holdAt(12) });
    press('F10');
    host.machine.emit({ type: 'held', hold: holdAt(13) });
    press('F10', false, content);
    // Not there yet: a second press asks for nothing.
    press('F10', false, content);
    host.machine.emit({ type: 'held', hold: holdAt(14) });
    press('F11', true, content);
    host.machine.emit({ type: 'held', hold: holdAt(15) });
    press('F11', true);
    expect(host.machine.steps).to.deep.equal(['step', 'step', 'out', 'out']);
    press('F8', false, content);
    expect(host.machine.state).to.equal('running');
  });

  it('F8 pauses in the editor, and Alt+F8 goes to the next mark', async () => {
    host.machine.emit({ type: 'finding', finding: findingAt(90) });
    await editing();
    const content = editor()?.view.contentDOM as HTMLElement;
    content.dispatchEvent(new KeyboardEvent('keydown', { key: 'F8', altKey: true, bubbles: true, composed: true }));
    const { doc, selection } = (editor() as NonNullable<ReturnType<typeof editor>>).view.state;
    expect(doc.lineAt(selection.main.from).number).to.equal(90);
    expect(host.machine.state).to.equal('running');
  });

  it('keeps the last call shown for a moment after a step, and then says that there is none yet', async () => {
    host.machine.pause();
    host.machine.emit({ type: 'held', hold: holdAt(12) });
    await settle();
    button('step')?.click();
    await settle();
    expect(text('vp-bezel', 'vp-hold', 'b')).to.equal('VideoPortAllocateCommonBuffer');
    button('step')?.click();
    expect(host.machine.steps).to.deep.equal(['step']);
    await until(() => text('vp-bezel', 'vp-hold', 'div') === 'Not at a VideoPort call yet');
    expect(enabled()).to.deep.equal(['run', 'stop', 'restart', 'pause']);
    host.machine.emit({ type: 'held', hold: holdAt(13, { call: 'VideoPortZeroMemory' }) });
    await settle();
    expect(text('vp-bezel', 'vp-hold', 'b')).to.equal('VideoPortZeroMemory');
  });

  it('marks the line and brings it into view without taking the focus; an edit takes the mark away', async () => {
    await editing();
    button('pause')?.focus();
    host.machine.pause();
    host.machine.emit({ type: 'held', hold: holdAt(150) });
    await settle();
    await until(() => held().length > 0);
    expect(held()).to.deep.equal(['const line150 = 150;']);
    const scroller = editor()?.view.scrollDOM as HTMLElement;
    const box = editor()?.view.dom.querySelector('.vp-hold')?.getBoundingClientRect() as DOMRect;
    const pane = scroller.getBoundingClientRect();
    expect(box.top >= pane.top && box.bottom <= pane.bottom).to.equal(true);
    expect(editor()?.view.hasFocus).to.equal(false);
    const { scrollTop } = scroller;
    host.machine.emit({ type: 'held', hold: holdAt(151) });
    await until(() => held()[0] === 'const line151 = 151;');
    expect(scroller.scrollTop).to.equal(scrollTop);
    editor()?.view.dispatch({ changes: { from: 0, insert: '// ' } });
    expect(held()).to.deep.equal([]);
    await settle();
    expect(held()).to.deep.equal([]);
    // It does not say where in the new text.
    host.machine.emit({ type: 'held', hold: holdAt(152) });
    await settle();
    expect(held()).to.deep.equal([]);
  });

  it('an edit that is left alone boots, and what boots is not paused', async () => {
    await editing();
    host.machine.pause();
    host.machine.emit({ type: 'held', hold: holdAt(3) });
    await settle();
    editor()?.view.dispatch({ changes: { from: 0, insert: '// ' } });
    await until(() => host.machines.length === 2);
    host.machine.comeUp();
    await settle();
    expect([text('vp-bezel', '.state'), label('pause'), host.machine.options.paused]).to.deep.equal([
      'Running',
      'Pause',
      undefined,
    ]);
  });

  it('Step where nothing runs boots to the first call', async () => {
    button('stop')?.click();
    await settle();
    expect([label('step'), enabled()]).to.deep.equal(['Run to the driver’s first call', ['run', 'step']]);
    button('step')?.click();
    await until(() => host.machines.length === 2);
    expect(host.machine.options.paused).to.equal(true);
    host.machine.emit({ type: 'state', state: 'paused' });
    host.machine.emit({ type: 'held', hold: holdAt(1, { callback: 'DriverEntry' }) });
    await settle();
    expect(text('vp-bezel', 'vp-hold', '.where')).to.contain('DriverEntry');
    button('stop')?.click();
    await settle();
    expect([text('vp-bezel', '.state'), held()]).to.deep.equal(['Stopped', []]);
  });
});
