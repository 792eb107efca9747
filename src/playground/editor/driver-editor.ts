/** The editor: CodeMirror 6 with what a driver's author needs. Loaded after the first paint; see `source-editor.ts`. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintKeymap, nextDiagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import {
  Compartment,
  EditorState,
  type Extension,
  Prec,
  StateEffect,
  StateField,
  Transaction,
} from '@codemirror/state';
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
import type { TextRange } from '../../link/link-state.ts';
import { bringInto } from '../source-view.ts';
import type { TypesClient } from '../types/types-client.ts';
import type { TypeProblem, TypesSubject } from '../types/types-protocol.ts';
import { editorTheme } from './editor-theme.ts';
import { LineMarks, lineMarks } from './line-marks.ts';
import { typedOver } from './typed-over.ts';

/** What the editor asks of the page. `leave`: Esc was pressed, the keyboard focus is to go on. */
export type EditorCommand =
  | 'run'
  | 'restart'
  | 'stop'
  | 'pause'
  | 'step'
  | 'step-out'
  | 'format'
  | 'describe'
  | 'leave';

/** A text that is, or was, in the editor: what was done to it can be undone when it comes back. */
interface OpenText {
  state: EditorState;
  scrollTop: number;
  readonly marks: LineMarks;
}

/** What an editor is made of. */
export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly root: ShadowRoot;
  readonly text: string;
  /** The text's key, as {@link DriverEditor.show} takes it. */
  readonly document: string;
  /** Called after each change that the visitor made. */
  readonly onEdit: (text: string) => void;
  readonly onCommand: (command: EditorCommand) => void;
}

/** The search panel's words, written as the page writes its buttons. */
const searchWords = EditorState.phrases.of({
  next: 'Next',
  previous: 'Previous',
  all: 'All',
  'match case': 'Match case',
  regexp: 'Regexp',
  'by word': 'Words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close the search panel',
});

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

/** One editor. It lives as long as its element; files of drivers come and go in it. */
export class DriverEditor {
  readonly view: EditorView;
  /** All files of the driver, for the type service; `file` is the name of the one in the editor. */
  driver: TypesSubject = { files: [], file: '' };
  readonly #options: EditorOptions;
  readonly #types = new Compartment();
  /** The driver's texts by their keys. */
  readonly #texts = new Map<string, OpenText>();
  #key = '';
  #current: OpenText;
  #support: Extension | null = null;
  #client: Promise<TypesClient> | null = null;

  constructor(options: EditorOptions) {
    this.#options = options;
    const state = this.#state(options.text);
    this.view = new EditorView({ parent: options.parent, root: options.root, state });
    this.#current = { state, scrollTop: 0, marks: new LineMarks(this.view) };
    this.#key = options.document;
    this.#texts.set(this.#key, this.#current);
  }

  /** What is in the editor, lines joined by `\n`. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  /** The marks of the text in the editor. */
  get marks(): LineMarks {
    return this.#current.marks;
  }

  /** Every text as it is now is what runs from here on. */
  booted(): void {
    for (const text of this.#texts.values())
      text.marks.booted(text === this.#current ? this.view.state.doc : text.state.doc);
  }

  /**
   * Puts another text into the editor, or one that was there before, with its undo history.
   * @param key `driver/file`: when the part before the slash is another one, the texts of the last driver are forgotten
   */
  show(key: string, text: string): void {
    this.#current.state = this.view.state;
    this.#current.scrollTop = this.view.scrollDOM.scrollTop;
    if (key.split('/', 1)[0] !== this.#key.split('/', 1)[0]) this.#texts.clear();
    this.#key = key;
    const known = this.#texts.get(key);
    if (known?.state.doc.toString() !== text) {
      this.open(text);
      return;
    }
    this.#current = known;
    this.view.setState(known.state);
    // The type service may have come meanwhile.
    if (this.#support) this.view.dispatch({ effects: this.#types.reconfigure(this.#support) });
    this.view.scrollDOM.scrollTop = known.scrollTop;
    known.marks.returned();
    void this.#check();
  }

  /** The text became another one, not by typing: its own undo history begins. */
  open(text: string): void {
    // A new text begins at its beginning. Where the old one was scrolled to means nothing in it, and the editor would look for that place in
    // lines whose heights it does not know yet, until it gives up ("Measure loop restarted").
    this.view.scrollDOM.scrollTop = 0;
    this.view.setState(this.#state(text));
    this.#current = { state: this.view.state, scrollTop: 0, marks: new LineMarks(this.view) };
    this.#texts.set(this.#key, this.#current);
    void this.#check();
  }

  /** What is selected; a cursor is a range of no length. */
  get selection(): TextRange {
    const { doc, selection } = this.view.state;
    const [from, to] = [doc.lineAt(selection.main.from), doc.lineAt(selection.main.to)];
    return {
      line: from.number,
      column: selection.main.from - from.from + 1,
      endLine: to.number,
      endColumn: selection.main.to - to.from + 1,
    };
  }

  /** Selects a piece of the text and scrolls it into the middle. What lies outside the text is moved to its edge. */
  select({ line, column, endLine, endColumn }: TextRange): void {
    const { doc } = this.view.state;
    const at = (lineNumber: number, columnNumber: number) => {
      const { from, to } = doc.line(Math.min(Math.max(1, lineNumber), doc.lines));
      return Math.min(from + Math.max(1, columnNumber) - 1, to);
    };
    const [anchor, head] = [at(line, column), at(endLine, endColumn)];
    this.view.dispatch({
      selection: { anchor, head },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    });
  }

  /** Opens the panel that finds and replaces. */
  find(): void {
    openSearchPanel(this.view);
  }

  /**
   * Puts indentation and spaces in order, as one step that can be undone; selection and cursor stay where they are.
   * Rejects when the formatter cannot be fetched.
   */
  async format(): Promise<void> {
    const client = await this.#typesClient();
    for (;;) {
      const { doc } = this.view.state;
      const edits = await client.ask(this.#subject(), { kind: 'format' });
      // Whoever typed meanwhile gets that text formatted.
      if (this.view.state.doc !== doc) continue;
      if (edits.length > 0)
        this.view.dispatch({
          changes: [...edits],
          annotations: [isolateHistory.of('full'), Transaction.userEvent.of('format')],
        });
      return;
    }
  }

  /**
   * Shows and says what is known of the name at the cursor, as hovering does; asked for again, the keyboard focus goes there.
   * Rejects when the type service cannot be fetched.
   */
  async describe(): Promise<void> {
    const [client, { showDocumentation }] = await Promise.all([this.#typesClient(), import('./type-support.ts')]);
    await showDocumentation(this.view, client, this.#subject());
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
    await this.#typesClient();
    await this.#check();
  }

  /** Ends the type service; the editor is not used again. */
  destroy(): void {
    void this.#client?.then((client) => client.close());
    this.view.destroy();
  }

  #subject(): TypesSubject {
    const { files, file } = this.driver;
    // The text in the editor is newer than what the page has handed down.
    return { files: files.map((each) => (each.name === file ? { ...each, source: this.text } : each)), file };
  }

  readonly #showTypes = (problems: readonly TypeProblem[]): void =>
    this.marks.showTypes(problems.map((problem) => ({ ...problem, source: 'types' })));

  #typesClient(): Promise<TypesClient> {
    this.#client ??= this.#fetchTypes().catch((error: unknown) => {
      // The next one who asks tries again.
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #fetchTypes(): Promise<TypesClient> {
    const { TypesClient, typeSupport } = await import('./type-support.ts');
    const client = new TypesClient();
    this.#support = typeSupport(client, () => this.#subject(), this.#showTypes);
    this.view.dispatch({ effects: this.#types.reconfigure(this.#support) });
    return client;
  }

  /** Asks the type service about the text, if it is there. Never rejects. */
  async #check(): Promise<void> {
    const { doc } = this.view.state;
    if (!this.#support) return;
    const problems = await this.#client
      ?.then((client) => client.ask(this.#subject(), { kind: 'check' }))
      .catch(() => null);
    if (problems && this.view.state.doc === doc) this.#showTypes(problems);
  }

  #state(doc: string): EditorState {
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
            { key: 'Shift-Alt-f', run: command('format') },
            { key: 'F1', run: command('describe') },
            {
              key: 'Escape',
              run: (view) => {
                // A list that has yet to come is nothing that Escape could close: it is given up, and Escape goes on to what it means.
                if (completionStatus(view.state) === 'pending') closeCompletion(view);
                return false;
              },
            },
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
        typedOver,
        this.#types.of(this.#support ?? autocompletion()),
        highlightSelectionMatches(),
        search({ top: true }),
        searchWords,
        javascript({ typescript: true }),
        target,
        editorTheme,
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...lintKeymap,
          // Its own key, F8, pauses the driver.
          { key: 'Alt-F8', run: nextDiagnostic },
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
