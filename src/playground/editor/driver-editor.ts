/** The editor: CodeMirror 6 with what a driver's author needs. Loaded after the first paint; see `source-editor.ts`. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { bringInto } from '../source-view.ts';
import type { TypeProblem } from '../types/types-protocol.ts';
import { editorTheme } from './editor-theme.ts';
import { LineMarks, lineMarks } from './line-marks.ts';

/** What the editor asks of the page. `leave`: Esc was pressed, the keyboard focus is to go on. */
export type EditorCommand = 'run' | 'restart' | 'stop' | 'pause' | 'step' | 'step-out' | 'leave';

/** What an editor is made of. */
export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly root: ShadowRoot;
  readonly text: string;
  /** Called after each change that the visitor made. */
  readonly onEdit: (text: string) => void;
  readonly onCommand: (command: EditorCommand) => void;
}

const targetLine = StateEffect.define<number | null>();
const targetMark = Decoration.line({ class: 'vp-target' });

/** The line last asked for, framed until the text changes. */
const target = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(targetLine))
        return effect.value === null ? Decoration.none : Decoration.set(targetMark.range(effect.value));
    }
    return transaction.docChanged ? Decoration.none : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** One editor. It lives as long as its element; other drivers come and go in it. */
export class DriverEditor {
  readonly view: EditorView;
  readonly marks: LineMarks;
  readonly #options: EditorOptions;
  readonly #types = new Compartment();
  #check: (() => void) | null = null;
  #close: (() => void) | null = null;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.view = new EditorView({ parent: options.parent, root: options.root, state: this.#state(options.text) });
    this.marks = new LineMarks(this.view);
  }

  /** What is in the editor, lines joined by `\n`. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Another driver: its own undo history begins. */
  open(text: string): void {
    this.view.setState(this.#state(text, this.#types.get(this.view.state)));
    this.marks.opened();
    this.#check?.();
  }

  /** Scrolls `line` (from 1) into the middle and frames it. Lines that are not there do nothing. */
  reveal(line: number): void {
    const { doc } = this.view.state;
    if (line < 1 || line > doc.lines) return;
    const { from } = doc.line(line);
    this.view.dispatch({ effects: [EditorView.scrollIntoView(from, { y: 'center' }), targetLine.of(from)] });
  }

  /** Has `line` (from 1) in view, scrolling only the editor and only if it must. */
  bringIn(line: number): void {
    const { doc } = this.view.state;
    if (line < 1 || line > doc.lines) return;
    const { top, height } = this.view.lineBlockAt(doc.line(line).from);
    bringInto(this.view.scrollDOM, top + this.view.documentPadding.top, height);
  }

  /**
   * Fetches the type service: completion, hover, signatures, type errors. Until it is there, and without it, the editor just writes.
   * Resolves when it has looked at the text for the first time, or could not be had.
   */
  async loadTypes(): Promise<void> {
    const { TypesClient, typeSupport } = await import('./type-support.ts');
    const client = new TypesClient();
    const show = (problems: readonly TypeProblem[]) =>
      this.marks.showTypes(problems.map((problem) => ({ ...problem, source: 'types' })));
    this.view.dispatch({ effects: this.#types.reconfigure(typeSupport(client, show)) });
    const check = () => {
      const { text } = this;
      return client.ask(text, { kind: 'check' }).then(
        (problems) => {
          if (text === this.text) show(problems);
        },
        () => {},
      );
    };
    this.#check = check;
    this.#close = () => client.close();
    await check();
  }

  /** Ends the type service; the editor is not used again. */
  destroy(): void {
    this.#close?.();
    this.view.destroy();
  }

  #state(doc: string, types: Extension = autocompletion()): EditorState {
    const { onCommand } = this.#options;
    const command = (name: EditorCommand) => () => {
      onCommand(name);
      return true;
    };
    return EditorState.create({
      doc,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Mod-Enter', run: command('run'), shift: command('restart') },
            { key: 'Mod-.', run: command('stop') },
            { key: 'F8', run: command('pause') },
            { key: 'F10', run: command('step') },
            { key: 'Shift-F11', run: command('step-out') },
          ]),
        ),
        lineMarks,
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        rectangularSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        indentUnit.of('  '),
        bracketMatching(),
        closeBrackets(),
        this.#types.of(types),
        highlightSelectionMatches(),
        search({ top: true }),
        javascript({ typescript: true }),
        target,
        editorTheme,
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...lintKeymap,
          ...foldKeymap,
          ...historyKeymap,
          // Only when nothing above had a use for it: a list, a panel, several cursors.
          { key: 'Escape', run: (view) => view.state.selection.ranges.length === 1 && command('leave')() },
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          'aria-label': 'Driver source; Escape leaves the editor',
          // It can be reached without; this says so to tools that do not know that what can be edited can.
          tabindex: '0',
          spellcheck: 'false',
          autocorrect: 'off',
          autocapitalize: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          this.marks.changed(update.changes);
          this.#options.onEdit(this.text);
        }),
      ],
    });
  }
}
