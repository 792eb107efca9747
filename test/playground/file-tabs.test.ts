import { expect } from 'chai';
import type { FileTabs } from '../../src/playground/file-tabs.ts';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import type { SourceEditor } from '../../src/playground/source-editor.ts';
import { FakeMachineHost } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const until = async (what: string, condition: () => unknown) => {
  const patience = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > patience) throw new Error(`waited in vain for ${what}`);
    await frame();
  }
};
const forget = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith('videoport.')) localStorage.removeItem(key);
};

describe('files of a driver', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;
  const files = () => {
    const part = app.renderRoot.querySelector<FileTabs>('vp-files');
    if (!part) throw new Error('there is no bar of files');
    return part;
  };
  const all = (selector: string) => [...files().renderRoot.querySelectorAll<HTMLElement>(selector)];
  const find = (selector: string) => all(selector)[0] ?? null;
  const tabs = () =>
    all('[role=tab]').map((tab) => tab.firstChild?.nextSibling?.textContent?.trim() || tab.textContent);
  const chosen = () => find('[role=tab][aria-selected=true]');
  const focused = () => files().shadowRoot?.activeElement ?? null;
  const press = (key: string) =>
    focused()?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
  const settled = async () => {
    await app.updateComplete;
    await files().updateComplete;
    await frame();
  };
  const name = async (text: string) => {
    await until('the field', () => find('input'));
    const input = find('input') as HTMLInputElement;
    input.value = text;
    input.form?.requestSubmit();
    await settled();
  };
  const output = (name: string) => app.renderRoot.querySelector('vp-output')?.shadowRoot?.querySelector(name);
  const editorText = () => app.renderRoot.querySelector<SourceEditor>('vp-editor')?.editor?.text;

  before(loadPageStyles);
  beforeEach(async () => {
    forget();
    app = new PlaygroundApp();
    host = new FakeMachineHost();
    app.machineHost = host;
    app.loadEditor = () => import('../../src/playground/editor/driver-editor.ts');
    app.desk.workspace.openShipped('mini', 'const entry = 1;\n');
    document.body.append(app);
    await until('the editor', () => app.renderRoot.querySelector<SourceEditor>('vp-editor')?.ready);
    await settled();
  });
  afterEach(() => {
    app.remove();
    forget();
  });

  it('are tabs: one chosen, one in the Tab order, arrows and Home and End lead along them', async () => {
    app.desk.workspace.addFile('ring');
    app.desk.workspace.addFile('text');
    await settled();
    expect(all('[role=tablist] > *').every((child) => child.getAttribute('role') === 'tab')).to.equal(true);
    expect(find('[role=tabpanel]')?.getAttribute('aria-labelledby')).to.equal('tab-2');
    find('#tab-2')?.focus();
    for (const [key, id] of [
      ['ArrowRight', 'tab-0'],
      ['ArrowLeft', 'tab-2'],
      ['Home', 'tab-0'],
      ['ArrowRight', 'tab-1'],
      ['End', 'tab-2'],
    ] as const) {
      press(key);
      await settled();
      expect(chosen()?.id, key).to.equal(id);
      expect(focused()?.id, key).to.equal(id);
      expect(all('[role=tab][tabindex="0"]').map((tab) => tab.id)).to.deep.equal([id]);
    }
  });

  it('are added, renamed with F2 and removed with Delete, and a removed one comes back', async () => {
    find('[data-add]')?.click();
    await name('ring');
    expect(tabs()).to.deep.equal(['my-mini.ts', 'ring.ts']);
    expect(focused()?.id).to.equal('tab-1');
    expect(editorText()).to.equal('export {};\n');
    press('F2');
    await name('queue');
    expect(tabs()).to.deep.equal(['my-mini.ts', 'queue.ts']);
    press('Delete');
    await settled();
    // As shipped again: the copy is given up.
    expect(tabs()).to.deep.equal(['mini.ts']);
    expect(find('.removed')?.textContent).to.contain('queue.ts is deleted.');
    press('Delete');
    expect(tabs()).to.deep.equal(['mini.ts']);
    find('[data-undo]')?.click();
    await settled();
    expect(tabs()).to.deep.equal(['my-mini.ts', 'queue.ts']);
    expect(chosen()?.textContent).to.contain('queue.ts');
  });

  it('keep their names when Escape is pressed, and say why a name cannot be', async () => {
    find('[data-add]')?.click();
    await until('the field', () => find('input'));
    expect(focused()?.tagName).to.equal('INPUT');
    press('Escape');
    await settled();
    expect(tabs()).to.deep.equal(['mini.ts']);
    find('[data-add]')?.click();
    await name('MINI.ts');
    expect(app.renderRoot.querySelector('.notice')?.textContent).to.contain('This driver has a file mini.ts already.');
    expect(tabs()).to.deep.equal(['mini.ts']);
    find('[data-add]')?.click();
    await name('ring');
    expect(app.renderRoot.querySelector('.notice'), 'gone with the next that succeeds').to.equal(null);
  });

  it('each have an undo history that lives as long as the driver is open', async () => {
    const editor = app.renderRoot.querySelector<SourceEditor>('vp-editor')?.editor;
    const type = (insert: string) => editor?.view.dispatch({ changes: { from: 0, insert }, userEvent: 'input.type' });
    type('// one\n');
    app.desk.askFile({ action: 'add', name: 'ring' });
    await settled();
    type('// two\n');
    expect(app.desk.workspace.files.map(({ source }) => source)).to.deep.equal([
      '// one\nconst entry = 1;\n',
      '// two\nexport {};\n',
    ]);
    find('#tab-0')?.click();
    await settled();
    const { undo } = await import('@codemirror/commands');
    expect(editor && undo(editor.view)).to.equal(true);
    expect(editorText()).to.equal('const entry = 1;\n');
    find('#tab-1')?.click();
    await settled();
    expect(editorText()).to.equal('// two\nexport {};\n');
    expect(editor && undo(editor.view)).to.equal(true);
    expect(editorText()).to.equal('export {};\n');
  });

  it('are all booted, and a finding, an error, a line of the log lead to the file and line that they speak of', async () => {
    app.desk.askFile({ action: 'add', name: 'ring' });
    app.desk.workspace.edit('// 1\n// 2\nexport const tail = 3;\n');
    app.desk.askFile({ action: 'show', index: 0 });
    await until('the boot', () => host.machines.length > 0 && host.machine.options.files?.[1]?.source.includes('tail'));
    host.machine.comeUp();
    const place = { file: 'ring.ts', line: 3, column: 7 };
    host.machine.emit({
      type: 'finding',
      finding: { rule: 'x', code: '0xE6/03', parameters: [], message: 'late', callers: [], ...place },
    });
    host.machine.emit({ type: 'log', source: 'port', level: 'warn', text: 'see my-mini.ts:1:1 and (ring.ts:3:7)' });
    await settled();
    expect(find('#tab-1 i')?.className).to.equal('finding');
    expect(find('#tab-0 i')).to.equal(null);
    expect(app.renderRoot.querySelector<SourceEditor>('vp-editor')?.marks).to.deep.equal([]);

    output('vp-findings')?.shadowRoot?.querySelector<HTMLElement>('button')?.click();
    await settled();
    expect(chosen()?.id).to.equal('tab-1');
    expect(app.renderRoot.querySelector<SourceEditor>('vp-editor')?.marks[0]?.line).to.equal(3);
    await until('the line', () =>
      app.renderRoot.querySelector<SourceEditor>('vp-editor')?.shadowRoot?.querySelector('.vp-target'),
    );

    const links = () => [...(output('vp-log')?.shadowRoot?.querySelectorAll<HTMLElement>('.place') ?? [])];
    await until('the line of the log', () => links().length > 1);
    expect(links().map((link) => link.textContent)).to.deep.equal(['my-mini.ts:1:1', 'ring.ts:3:7']);
    links()[0]?.click();
    await settled();
    expect(chosen()?.id).to.equal('tab-0');
    links()[1]?.click();
    await settled();
    expect(chosen()?.id).to.equal('tab-1');
  });
});
