import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { TextRange } from '../link/link-state.ts';
import type { DriverFile } from '../machine/driver-files.ts';
import type { DriverEditor, EditorCommand } from './editor/driver-editor.ts';
import { sharedStyles } from './shared-styles.ts';
import type { LineMark, SourceView } from './source-view.ts';
import './source-view.ts';

/** The module that makes editors; fetched when the page has been painted. */
export type EditorModule = typeof import('./editor/driver-editor.ts');
/** Fired after each change that the visitor made: `detail` is the whole text. */
export type EditEvent = CustomEvent<string>;
/** Fired by keys in the editor that mean something to the page. */
export type EditorCommandEvent = CustomEvent<EditorCommand>;

/** What leads from one text to another: the piece from the first character that differs to the last, so that the rest keeps its place. */
function changeBetween(
  from: string,
  to: string,
): { readonly from: number; readonly to: number; readonly insert: string } {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start++;
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}

/**
 * `<vp-editor>`: the driver's source. At first to be read, which takes no editor; as soon as `loadEditor` has brought one, to
 * be written, in the same place and scrolled to the same line. Where the editor cannot be had the source stays readable.
 */
export class SourceEditor extends LitElement {
  static override properties = {
    source: {},
    document: {},
    file: {},
    files: { attribute: false },
    marks: { attribute: false },
    boots: { type: Number },
    loadEditor: { attribute: false },
    types: { type: Boolean },
    ready: { state: true },
    waiting: { state: true },
  };
  /** The text. What the visitor types comes back here through the page. */
  declare source: string;
  /** Which text it is, `driver/file`: when this changes another one is shown, with an undo history of its own. */
  declare document: string;
  /** The file's name, and all files of the driver: the type service looks into them. */
  declare file: string;
  declare files: readonly DriverFile[];
  declare marks: readonly LineMark[];
  /** Counts boots of the text as it is: marks of the machine speak of the text at the last boot. */
  declare boots: number;
  /** Brings the editor; null where there is to be none. */
  declare loadEditor: (() => Promise<EditorModule>) | null;
  /** Is the type service to be fetched, once the editor is there? */
  declare types: boolean;
  declare ready: boolean;
  /** What is on its way, in words; empty: nothing. */
  declare waiting: string;

  #editor: DriverEditor | null = null;
  #loading = false;
  /** What is to be selected when the editor comes. */
  #wanted: TextRange | null = null;
  /** The line that was revealed in the plain text last; 0: none. It may still be on its way there when the editor comes. */
  #revealed = 0;

  constructor() {
    super();
    this.source = '';
    this.document = '';
    this.file = '';
    this.files = [];
    this.marks = [];
    this.boots = 0;
    this.loadEditor = null;
    this.types = false;
    this.ready = false;
    this.waiting = '';
  }

  /** The editor, once it is there. */
  get editor(): DriverEditor | null {
    return this.#editor;
  }

  get #plain(): SourceView | null {
    return this.renderRoot.querySelector<SourceView>('vp-source');
  }

  /** Scrolls `line` (from 1) into the middle of the pane and lights it up. */
  async reveal(line: number): Promise<void> {
    await this.updateComplete;
    if (this.#editor) this.#editor.reveal(line);
    else {
      this.#revealed = line;
      await this.#plain?.reveal(line);
    }
  }

  /** Puts another text in the place of the whole one: an edit as if the visitor had typed it, which can be undone. */
  async replace(text: string): Promise<void> {
    // Another file may have been asked for just now.
    await this.updateComplete;
    const view = this.#editor?.view;
    if (view) view.dispatch({ changes: changeBetween(view.state.doc.toString(), text) });
    else this.dispatchEvent(new CustomEvent('edit', { detail: text }));
  }

  /** Has `line` (from 1) in view without moving anything else, the keyboard focus neither. */
  async bringIn(line: number): Promise<void> {
    await this.updateComplete;
    if (this.#editor) this.#editor.bringIn(line);
    else await this.#plain?.bringIn(line);
  }

  /** Selects a piece of the text, now or when the editor is there, and scrolls to it. */
  async select(range: TextRange): Promise<void> {
    await this.updateComplete;
    if (this.#editor) this.#editor.select(range);
    else {
      this.#wanted = range;
      await this.#plain?.reveal(range.line);
    }
  }

  /** What is selected; null as long as there is no editor. */
  get selection(): TextRange | null {
    return this.#editor?.selection ?? this.#wanted;
  }

  /** Puts the keyboard focus on the text. */
  override focus(): void {
    if (this.#editor) this.#editor.view.focus();
    else this.#plain?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (this.loadEditor && !this.#loading) this.#load(this.loadEditor);
    if (changed.has('document')) {
      this.#wanted = null;
      this.#revealed = 0;
    }
    const editor = this.#editor;
    if (!editor) return;
    editor.driver = { files: this.files, file: this.file };
    if (changed.has('document')) editor.show(this.document, this.source);
    else if (editor.text !== this.source) editor.open(this.source);
    if (changed.has('boots')) editor.booted();
    editor.marks.show(this.marks);
  }

  #load(loadEditor: () => Promise<EditorModule>): void {
    this.#loading = true;
    this.waiting = 'The editor is on its way';
    // Two frames: the source has been painted, and whatever comes next cannot hold it up.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        loadEditor().then(
          (module) => this.#put(module),
          (error: unknown) => {
            this.#loading = false;
            this.waiting = '';
            this.loadEditor = null;
            this.dispatchEvent(new CustomEvent('editor-missing', { detail: error }));
          },
        );
      }),
    );
  }

  #put(module: EditorModule): void {
    const parent = this.renderRoot.querySelector<HTMLElement>('.editor');
    if (!parent || this.#editor || !(this.renderRoot instanceof ShadowRoot)) return;
    const plain = this.#plain;
    const pane = plain?.renderRoot.querySelector('pre');
    const hadFocus = plain?.shadowRoot?.activeElement === pane;
    const { scrollTop = 0, scrollLeft = 0 } = pane ?? {};
    this.#editor = new module.DriverEditor({
      parent,
      root: this.renderRoot,
      text: this.source,
      document: this.document,
      onEdit: (text) => {
        this.source = text;
        this.dispatchEvent(new CustomEvent('edit', { detail: text }));
      },
      onCommand: (command) => this.dispatchEvent(new CustomEvent('editor-command', { detail: command })),
    });
    this.#editor.driver = { files: this.files, file: this.file };
    this.ready = true;
    this.waiting = '';
    void this.updateComplete.then(() => {
      this.#editor?.view.scrollDOM.scrollTo(scrollLeft, scrollTop);
      if (this.#wanted) this.#editor?.select(this.#wanted);
      else if (this.#revealed > 0) this.#editor?.reveal(this.#revealed);
      this.#wanted = null;
      if (hadFocus) this.focus();
      this.dispatchEvent(new CustomEvent('editor-ready'));
      if (this.types) this.#loadTypes();
    });
  }

  /** After everything else has come to rest: it is large, and nothing waits for it. */
  #loadTypes(): void {
    requestIdleCallback(
      () => {
        this.waiting = 'The type checker is on its way';
        this.#editor
          ?.loadTypes()
          .catch(() => {
            // Offline, say: the editor goes on without.
          })
          .finally(() => {
            this.waiting = '';
          });
      },
      { timeout: 4000 },
    );
  }

  override render(): TemplateResult {
    return html`${this.ready ? '' : html`<vp-source .source=${this.source} .marks=${this.marks}></vp-source>`}
      <div class="editor" ?hidden=${!this.ready}></div>
      ${this.waiting ? html`<div class="progress" role="progressbar" aria-label=${this.waiting} title=${this.waiting}></div>` : ''}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        min-height: 0;
        overflow: hidden;
      }

      vp-source,
      .editor {
        flex: 1;
        min-height: 0;
      }
    `,
  ];
}

customElements.define('vp-editor', SourceEditor);
