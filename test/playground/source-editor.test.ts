import { expect } from 'chai';
import { type EditorModule, SourceEditor } from '../../src/playground/source-editor.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const text = Array.from({ length: 120 }, (_, index) => `const line${index + 1} = ${index + 1};`).join('\n');

describe('source editor', () => {
  let pane: SourceEditor;
  const events: [string, unknown][] = [];

  const open = async (load: (() => Promise<EditorModule>) | null) => {
    pane.source = text;
    pane.document = 'one';
    pane.loadEditor = load;
    document.body.append(pane);
    await pane.updateComplete;
    await frame();
  };
  const edit = async () => {
    const ready = new Promise((resolve) => pane.addEventListener('editor-ready', resolve, { once: true }));
    await open(() => import('../../src/playground/editor/driver-editor.ts'));
    await ready;
  };
  const view = () => {
    const { editor } = pane;
    if (!editor) throw new Error('the editor is not there');
    return editor.view;
  };
  const type = (insert: string, from: number) => view().dispatch({ changes: { from, insert } });
  const lineAt = (line: number) => {
    const { node } = view().domAtPos(view().state.doc.line(line).from);
    return node instanceof Element ? node : (node.parentElement as Element);
  };
  const press = (key: string, some: KeyboardEventInit = {}) =>
    view().contentDOM.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...some }),
    );

  before(loadPageStyles);

  beforeEach(() => {
    events.length = 0;
    pane = new SourceEditor();
    pane.style.cssText = 'display:flex;width:600px;height:300px';
    for (const name of ['edit', 'editor-command', 'editor-missing'])
      pane.addEventListener(name, (event) => events.push([name, (event as CustomEvent).detail]));
  });

  afterEach(() => pane.remove());

  it('shows the source at once, to be read, and stays so where no editor can be had', async () => {
    await open(() => Promise.reject(new Error('offline')));
    expect(pane.renderRoot.querySelector('vp-source')?.shadowRoot?.textContent).to.contain('const line120 = 120;');
    await frame();
    await frame();
    await frame();
    expect(events).to.deep.equal([['editor-missing', new Error('offline')]].map(([name]) => [name, events[0]?.[1]]));
    expect(pane.renderRoot.querySelector('vp-source')).not.to.equal(null);
  });

  it('puts another text in the place of the whole one, as one edit that leaves the rest where it is and can be undone', async () => {
    await edit();
    view().scrollDOM.scrollTop = 800;
    await frame();
    const other = text.replace('const line3 = 3;', '').replace('const line90 = 90;', 'let line90 = 0;');
    await pane.replace(other);
    expect(events).to.deep.equal([['edit', other]]);
    expect(view().scrollDOM.scrollTop).to.be.above(700);
    press('z', { ctrlKey: true });
    expect(events.at(-1)).to.deep.equal(['edit', text]);
  });

  it('frames in the editor the line that was revealed before it came', async () => {
    let arrive: (module: EditorModule) => void = () => {};
    await open(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    );
    await frame();
    await frame();
    const ready = new Promise((resolve) => pane.addEventListener('editor-ready', resolve, { once: true }));
    void pane.reveal(90);
    arrive(await import('../../src/playground/editor/driver-editor.ts'));
    await ready;
    await frame();
    expect(lineAt(90).getBoundingClientRect().top).to.be.within(
      pane.getBoundingClientRect().top,
      pane.getBoundingClientRect().bottom,
    );
  });

  it('puts the editor where the source stood, letter on letter', async () => {
    let arrive: (module: EditorModule) => void = () => {};
    await open(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    );
    await frame();
    await frame();
    const plain = pane.renderRoot.querySelector('vp-source');
    const range = document.createRange();
    const before = plain?.shadowRoot?.querySelector('[data-line="7"]');
    const word = [...(before?.querySelectorAll('span') ?? [])].find((span) => span.textContent === 'const');
    range.selectNodeContents(word ?? document.body);
    const was = range.getBoundingClientRect();
    const ready = new Promise((resolve) => pane.addEventListener('editor-ready', resolve, { once: true }));
    arrive(await import('../../src/playground/editor/driver-editor.ts'));
    await ready;
    await frame();
    const is = view().coordsAtPos(view().state.doc.line(7).from);
    expect(is?.left).to.be.closeTo(was.left, 0.6);
    expect((is?.top ?? 0) + (is?.bottom ?? 0)).to.be.closeTo(was.top + was.bottom, 3);
  });

  it('tells of every edit', async () => {
    await edit();
    type('// ', 0);
    expect(events).to.deep.equal([['edit', `// ${text}`]]);
  });

  it('opens another driver without calling that an edit, and cannot undo into the one before', async () => {
    await edit();
    type('x', 0);
    events.length = 0;
    pane.source = 'const other = 1;';
    pane.document = 'two';
    await pane.updateComplete;
    expect(pane.editor?.text).to.equal('const other = 1;');
    press('z', { ctrlKey: true });
    expect(pane.editor?.text).to.equal('const other = 1;');
    expect(events).to.deep.equal([]);
  });

  it('washes marked lines, and puts a mark into the margin', async () => {
    await edit();
    pane.marks = [
      { line: 3, kind: 'finding', text: '0xE6/03: Length is 4096' },
      { line: 5, column: 7, kind: 'error', text: 'Unexpected token', current: true },
    ];
    await pane.updateComplete;
    expect(lineAt(3).closest('.cm-line')?.className).to.contain('vp-finding');
    expect(lineAt(5).closest('.cm-line')?.className).to.contain('vp-error');
    expect(pane.renderRoot.querySelectorAll('.cm-lint-marker-warning')).to.have.length(1);
    expect(pane.renderRoot.querySelectorAll('.cm-lint-marker-error')).to.have.length(1);
    pane.marks = [];
    await pane.updateComplete;
    expect(pane.renderRoot.querySelectorAll('.cm-lint-marker')).to.have.length(0);
  });

  it('marks of the machine stay with their lines when lines are put in above them, before and after', async () => {
    await edit();
    const marks = [{ line: 3, kind: 'finding', text: 'first' } as const];
    pane.marks = marks;
    await pane.updateComplete;
    type('\n\n', 0);
    expect(lineAt(5).closest('.cm-line')?.className).to.contain('vp-finding');
    // The machine still runs the text as it was booted: its line 4 is line 6 by now.
    pane.marks = [...marks, { line: 4, kind: 'finding', text: 'second' }];
    await pane.updateComplete;
    expect(lineAt(5).closest('.cm-line')?.className).to.contain('vp-finding');
    expect(lineAt(6).closest('.cm-line')?.className).to.contain('vp-finding');
    // Booted anew, line 4 is line 4.
    pane.boots++;
    pane.marks = [{ line: 4, kind: 'finding', text: 'third' }];
    await pane.updateComplete;
    expect(lineAt(4).closest('.cm-line')?.className).to.contain('vp-finding');
    expect(lineAt(6).closest('.cm-line')?.className).not.to.contain('vp-finding');
  });

  it('brings a line into view and frames it', async () => {
    await edit();
    await pane.reveal(100);
    await frame();
    await frame();
    const line = lineAt(100).closest('.cm-line');
    expect(line?.className).to.contain('vp-target');
    const [inner, outer] = [line?.getBoundingClientRect(), pane.getBoundingClientRect()];
    expect(inner?.top).to.be.within(outer.top, outer.bottom);
  });

  it('asks for Run, Restart and Stop by their keys, and to be left by Escape', async () => {
    await edit();
    pane.focus();
    const modifier = /Mac/.test(navigator.platform) ? { metaKey: true } : { ctrlKey: true };
    press('Enter', modifier);
    press('Enter', { ...modifier, shiftKey: true });
    press('.', modifier);
    press('Escape');
    expect(events.map(([, detail]) => detail)).to.deep.equal(['run', 'restart', 'stop', 'leave']);
    expect(pane.editor?.text).to.equal(text);
  });

  it('Escape closes the search first', async () => {
    await edit();
    pane.focus();
    press('f', /Mac/.test(navigator.platform) ? { metaKey: true } : { ctrlKey: true });
    expect(pane.renderRoot.querySelector('.cm-search')).not.to.equal(null);
    press('Escape');
    expect(pane.renderRoot.querySelector('.cm-search')).to.equal(null);
    expect(events).to.deep.equal([]);
  });

  it('finds in the text: Ctrl+F opens the panel, Escape closes it and gives the focus back', async () => {
    await edit();
    pane.focus();
    press('f', /Mac/.test(navigator.platform) ? { metaKey: true } : { ctrlKey: true });
    const field = () => pane.shadowRoot?.querySelector<HTMLInputElement>('.cm-search [name=search]') ?? null;
    expect(pane.shadowRoot?.activeElement?.getAttribute('name')).to.equal('search');
    field()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    expect(field() === null).to.equal(true);
    expect(pane.shadowRoot?.activeElement?.className).to.contain('cm-content');
    expect(events).to.deep.equal([]);
  });

  it('formats the text in one step that can be undone, and keeps what is selected', async () => {
    await edit();
    pane.source = 'if(a){\nb( 1,two )\n}\n';
    pane.file = 'driver.ts';
    pane.files = [{ name: 'driver.ts', source: pane.source }];
    await pane.updateComplete;
    const from = view().state.doc.toString().indexOf('two');
    view().dispatch({ selection: { anchor: from, head: from + 3 } });
    await pane.editor?.format();
    expect(pane.editor?.text).to.equal('if (a) {\n  b(1, two)\n}\n');
    const { main } = view().state.selection;
    expect(view().state.sliceDoc(main.from, main.to)).to.equal('two');
    const { undo } = await import('@codemirror/commands');
    undo(view());
    expect(pane.editor?.text).to.equal('if(a){\nb( 1,two )\n}\n');
    press('F', { shiftKey: true, altKey: true, keyCode: 70 });
    expect(events.filter(([name]) => name === 'editor-command')).to.deep.equal([['editor-command', 'format']]);
    pane.editor?.destroy();
  });

  it('F1 asks for the documentation at the cursor, which is shown, read out, entered and left by keys', async () => {
    await edit();
    pane.source = '/** Adds one. */\nfunction add(n: number) {\n  return n + 1;\n}\nadd(41);\n';
    pane.file = 'driver.ts';
    pane.files = [{ name: 'driver.ts', source: pane.source }];
    await pane.updateComplete;
    pane.focus();
    press('F1', { keyCode: 112 });
    expect(events.filter(([name]) => name === 'editor-command')).to.deep.equal([['editor-command', 'describe']]);
    // Behind the last letter: one is still at the name.
    view().dispatch({ selection: { anchor: view().state.doc.toString().lastIndexOf('add') + 3 } });
    await pane.editor?.describe();
    const box = () => view().dom.querySelector<HTMLElement>('.vp-asked');
    expect(box()?.textContent).to.contain('function add(n: number): number').and.to.contain('Adds one.');
    expect(view().dom.querySelector('.cm-announced')?.textContent).to.contain('Adds one.');
    await pane.editor?.describe();
    expect(pane.shadowRoot?.activeElement).to.equal(box());
    box()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    expect([box(), view().hasFocus]).to.deep.equal([null, true]);
    await pane.editor?.describe();
    view().dispatch({ selection: { anchor: 0 } });
    expect(box(), 'the cursor has gone on').to.equal(null);
    await pane.editor?.describe();
    press('Escape', { keyCode: 27 });
    expect([box(), events.some(([, what]) => what === 'leave')]).to.deep.equal([null, false]);
    pane.editor?.destroy();
  });

  it('selects a piece of the text, also when that is asked for before the editor is there', async () => {
    const ready = new Promise((resolve) => pane.addEventListener('editor-ready', resolve, { once: true }));
    await open(() => import('../../src/playground/editor/driver-editor.ts'));
    const range = { line: 100, column: 7, endLine: 101, endColumn: 3 };
    await pane.select(range);
    expect(pane.selection).to.deep.equal(range);
    await ready;
    expect(pane.editor?.selection).to.deep.equal(range);
    await pane.select({ line: 500, column: 1, endLine: 500, endColumn: 900 });
    expect(pane.editor?.selection).to.include({ line: 120, endLine: 120 });
  });

  it('replaces what is selected with what is typed itself, brackets around it too, and leaves compositions to the browser', async () => {
    await edit();
    const input = (inputType: string, data: string | null, some: InputEventInit = {}) =>
      view().contentDOM.dispatchEvent(
        new InputEvent('beforeinput', { inputType, data, bubbles: true, cancelable: true, ...some }),
      );
    const doc = () => view().state.doc.toString();
    view().dispatch({ selection: { anchor: 6, head: 30 } });
    expect(input('insertText', 'x')).to.equal(false);
    expect(doc()).to.equal(`${text.slice(0, 6)}x${text.slice(30)}`);
    expect(view().state.selection.main.head).to.equal(7);
    // With nothing selected the browser types.
    expect(input('insertText', 'y')).to.equal(true);
    view().dispatch({ selection: { anchor: 0, head: 5 } });
    expect(input('insertText', '(')).to.equal(false);
    expect(doc().slice(0, 9)).to.equal('(const) x');
    view().dispatch({ selection: { anchor: 0, head: 8 } });
    expect(input('insertCompositionText', 'に')).to.equal(true);
    expect(input('insertText', 'z', { isComposing: true })).to.equal(true);
    expect(input('deleteContentBackward', null)).to.equal(false);
    expect(doc().slice(0, 3)).to.equal(`x${text.slice(30, 32)}`);
    expect(events.filter(([name]) => name === 'edit').length).to.equal(3);
  });
});
