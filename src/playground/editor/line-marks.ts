/**
 * What the machine and the compiler say about lines, shown in the editor: a wash, a mark in the margin, a tooltip. And where
 * a paused driver stands: a wash and an arrow.
 */
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import {
  type ChangeDesc,
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view';
import type { LineMark } from '../source-view.ts';

const setLines = StateEffect.define<DecorationSet>();

const washes = {
  error: Decoration.line({ class: 'vp-error' }),
  finding: Decoration.line({ class: 'vp-finding' }),
} as const;

/** The washes move with their lines while text is typed above them. */
const lines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setLines)) return effect.value;
    return value.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const setHold = StateEffect.define<number | null>();
const holdLine = Decoration.line({ class: 'vp-hold' });
const holdNumber = new (class extends GutterMarker {
  override elementClass = 'vp-hold-number';
})();

/** Start of the line before whose call the driver is held. Any change of the text takes the mark away: another driver boots. */
const hold = StateField.define<number | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setHold)) return effect.value;
    return transaction.docChanged ? null : value;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (at) => (at === null ? Decoration.none : Decoration.set(holdLine.range(at)))),
    gutterLineClass.from(field, (at) => (at === null ? RangeSet.empty : RangeSet.of(holdNumber.range(at)))),
  ],
});

/** What an editor needs so that {@link LineMarks} can put marks into it. */
export const lineMarks: Extension = [lines, hold, lintGutter()];

/**
 * The marks of one editor. Those of the machine speak of the text that was booted, which may be older than the text in the
 * editor: every change since the boot moves them along.
 */
export class LineMarks {
  readonly #view: EditorView;
  #booted: Text;
  #since: ChangeDesc | null = null;
  #shown = '';
  #own: Diagnostic[] = [];
  #types: readonly Diagnostic[] = [];

  constructor(view: EditorView) {
    this.#view = view;
    this.#booted = view.state.doc;
  }

  /** The text as it is now is what runs from here on. @param doc that text; another than the editor's when another file is in it */
  booted(doc: Text = this.#view.state.doc): void {
    this.#booted = doc;
    this.#since = null;
    this.#shown = '';
  }

  /** Another text was opened: nothing that was said of the last one holds. */
  opened(): void {
    this.booted();
    this.#own = [];
    this.#types = [];
  }

  /** The text is in the editor again, after another one: what is said of it now may differ. */
  returned(): void {
    this.#shown = '';
  }

  /** The editor's text has changed. */
  changed(changes: ChangeDesc): void {
    this.#since = this.#since ? this.#since.composeDesc(changes) : changes;
    // What is underlined moved along in the editor; later calls of `show` must start from where it is now.
    this.#own = this.#own.map((mark) => ({
      ...mark,
      from: changes.mapPos(mark.from, 1),
      to: changes.mapPos(mark.to, -1),
    }));
    this.#own = this.#own.map((mark) => ({ ...mark, to: Math.max(mark.from, mark.to) }));
    this.#types = this.#types.map((mark) => {
      const from = changes.mapPos(mark.from, 1);
      return { ...mark, from, to: Math.max(from, changes.mapPos(mark.to, -1)) };
    });
  }

  /** Shows these marks instead of the last ones. The same marks again cost nothing. */
  show(marks: readonly LineMark[]): void {
    const key = JSON.stringify(marks);
    if (key === this.#shown) return;
    this.#shown = key;
    const { doc } = this.#view.state;
    const held = marks.find(({ kind, line }) => kind === 'hold' && line >= 1 && line <= doc.lines);
    this.#own = marks.flatMap((mark) => (mark.kind === 'hold' ? [] : (this.#place(mark) ?? [])));
    const builder = new RangeSetBuilder<Decoration>();
    const kinds = new Map<number, keyof typeof washes>();
    for (const { from, severity } of this.#own) {
      const start = this.#view.state.doc.lineAt(from).from;
      if (severity === 'error' || !kinds.has(start)) kinds.set(start, severity === 'error' ? 'error' : 'finding');
    }
    for (const [start, kind] of [...kinds].sort(([a], [b]) => a - b)) builder.add(start, start, washes[kind]);
    const holdAt = held ? doc.line(held.line).from : null;
    this.#view.dispatch({ effects: [setLines.of(builder.finish()), setHold.of(holdAt)] });
    this.#publish();
  }

  /** Shows what the type service says, beside the machine's marks. */
  showTypes(diagnostics: readonly Diagnostic[]): void {
    this.#types = diagnostics;
    this.#publish();
  }

  #publish(): void {
    const { state } = this.#view;
    const fits = ({ to }: Diagnostic) => to <= state.doc.length;
    this.#view.dispatch(setDiagnostics(state, [...this.#own, ...this.#types].filter(fits)));
  }

  #place(mark: LineMark): Diagnostic | null {
    // A compile error speaks of the text as it is, everything else of the text that runs.
    const stale = !mark.current && this.#since !== null;
    const doc = stale ? this.#booted : this.#view.state.doc;
    if (mark.line < 1 || mark.line > doc.lines) return null;
    const line = doc.line(mark.line);
    const indent = /^\s*/.exec(line.text)?.[0].length ?? 0;
    let from = Math.min(line.to, line.from + (mark.column ? mark.column - 1 : indent));
    let to = mark.column && mark.current ? Math.min(line.to, from + 1) : line.to;
    if (stale && this.#since) {
      from = this.#since.mapPos(from, 1);
      to = Math.max(from, this.#since.mapPos(to, -1));
    }
    return {
      from,
      to,
      severity: mark.kind === 'error' ? 'error' : 'warning',
      source: mark.kind === 'error' ? (mark.current ? 'compiler' : 'machine') : 'verifier',
      message: mark.text,
    };
  }
}
