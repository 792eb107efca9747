import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { addIcon, renameIcon, trashIcon } from './icons.ts';
import { sharedStyles } from './shared-styles.ts';

/** What someone asks of the bar of files. Files are counted from 0, the entry. */
export type FileRequest =
  | { readonly action: 'show' | 'remove'; readonly index: number }
  | { readonly action: 'rename'; readonly index: number; readonly name: string }
  | { readonly action: 'add'; readonly name: string };

/** Fired for each request. */
export type FileRequestEvent = CustomEvent<FileRequest>;

/** A file as its tab shows it. */
export interface FileTab {
  readonly name: string;
  /** What is wrong in it, the worst first. */
  readonly mark: 'error' | 'finding' | null;
}

/**
 * `<vp-files>`: the driver's files as tabs over the editor, which stands in the slot and is their panel. What can be done with the chosen file
 * stands beside the tabs; F2 renames it and Delete removes it. The slot `bar` is the rest of the bar.
 */
export class FileTabs extends LitElement {
  static override properties = {
    files: { attribute: false },
    shown: { type: Number },
    driver: {},
    editable: { type: Boolean },
    nextName: {},
    removed: { attribute: false },
    naming: { state: true },
  };
  declare files: readonly FileTab[];
  /** Index of the file in the editor. */
  declare shown: number;
  /** Tells drivers apart: what was begun with one is not ended with the next. */
  declare driver: string;
  /** Can files be added, renamed, removed? */
  declare editable: boolean;
  /** What a new file is called when nobody says otherwise. */
  declare nextName: string;
  /** The file removed last, and what brings it back. */
  declare removed: { readonly name: string; readonly undo: () => void } | null;
  /** The file that is being named: an index, or a new one. */
  declare naming: number | 'new' | null;

  constructor() {
    super();
    this.files = [];
    this.shown = 0;
    this.driver = '';
    this.editable = false;
    this.nextName = '';
    this.removed = null;
    this.naming = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('driver')) return;
    this.naming = null;
    this.removed = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('shown')) {
      this.#tab(this.shown)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      // Where the focus was on a tab, it follows.
      if (this.shadowRoot?.activeElement?.role === 'tab') this.#tab(this.shown)?.focus();
    }
    if (!changed.has('naming') || this.naming === null) return;
    const input = this.renderRoot.querySelector('input');
    input?.focus();
    input?.setSelectionRange(0, input.value.replace(/\.ts$/, '').length);
  }

  /** Puts the keyboard focus on the tab of the file that is shown. */
  override focus(): void {
    // As it is drawn: should another be chosen in the next update, the focus follows.
    const drawn = () => this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]');
    void this.updateComplete.then(() => drawn()?.focus());
  }

  #tab(index: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`#tab-${index}`);
  }

  #ask(request: FileRequest): void {
    // A removal can be undone until the next change.
    if (request.action !== 'show') this.removed = null;
    this.dispatchEvent(new CustomEvent('file-request', { detail: request }));
  }

  override render(): TemplateResult {
    const { files, shown } = this;
    return html`<div class="panel" id="panel" role="tabpanel" aria-labelledby=${`tab-${shown}`}><slot></slot></div>
      <div class="bar">
        ${this.naming === null ? this.#tabs() : this.#form(this.naming)}
        ${
          this.editable && this.naming === null
            ? html`<div class="actions" role="toolbar" aria-label="File">
                <button class="plain icon" data-add aria-label="Add a file" title="Add a file" @click=${() => this.#name('new')}>${addIcon}</button>
                <button class="plain icon" data-rename aria-label=${`Rename ${files[shown]?.name}`} title="Rename this file (F2)" @click=${() => this.#name(shown)}>${renameIcon}</button>
                ${shown > 0 ? html`<button class="plain icon" data-remove aria-label=${`Delete ${files[shown]?.name}`} title="Delete this file (Delete)" @click=${() => this.#remove(shown)}>${trashIcon}</button>` : nothing}
              </div>`
            : nothing
        }
        ${
          this.removed
            ? html`<span class="removed" role="status"><span><b class="mono">${this.removed.name}</b> is deleted.</span>
                <button data-undo @click=${this.#undo}>Undo</button></span>`
            : html`<slot name="bar"></slot>`
        }
        <slot name="tools"></slot>
      </div>`;
  }

  #tabs(): TemplateResult {
    return html`<div class="tabs" role="tablist" aria-label="Files of the driver" @keydown=${this.#keyPressed}>
      ${this.files.map(({ name, mark }, index) => {
        const selected = index === this.shown;
        const trouble = mark === 'error' ? 'has errors' : mark === 'finding' ? 'has findings' : '';
        return html`<button
          id=${`tab-${index}`}
          class="tab mono"
          role="tab"
          aria-selected=${selected ? 'true' : 'false'}
          aria-controls="panel"
          tabindex=${selected ? 0 : -1}
          title=${index === 0 ? `${name}: the entry, with DriverEntry` : name}
          @click=${() => this.#ask({ action: 'show', index })}
          @dblclick=${() => this.#name(index)}
        >${name}${mark ? html`<i class=${mark}></i><span class="hidden-text">${trouble}</span>` : nothing}</button>`;
      })}
    </div>`;
  }

  #form(which: number | 'new'): TemplateResult {
    const isNew = which === 'new';
    const name = isNew ? this.nextName : (this.files[which]?.name ?? '');
    return html`<form @submit=${this.#named} @keydown=${this.#nameKeyPressed} @focusout=${this.#nameLeft}>
      <input class="mono" name="name" aria-label=${isNew ? 'Name of the new file' : `New name of ${name}`} .value=${name} maxlength="64" spellcheck="false" autocomplete="off" />
      <button class="accept">${isNew ? 'Add' : 'Rename'}</button>
    </form>`;
  }

  #name(which: number | 'new'): void {
    if (this.editable) this.naming = which;
  }

  #named(event: Event): void {
    event.preventDefault();
    const name = this.renderRoot.querySelector('input')?.value.trim() ?? '';
    const { naming } = this;
    this.naming = null;
    if (name !== '' && naming === 'new') this.#ask({ action: 'add', name });
    else if (name !== '' && typeof naming === 'number') this.#ask({ action: 'rename', index: naming, name });
    this.focus();
  }

  #nameKeyPressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.naming = null;
    this.focus();
  }

  /** Who clicks elsewhere has given it up. */
  #nameLeft(event: FocusEvent): void {
    const { relatedTarget } = event;
    if (relatedTarget instanceof Node && (event.currentTarget as HTMLElement).contains(relatedTarget)) return;
    this.naming = null;
  }

  #remove(index: number): void {
    if (!this.editable || index === 0) return;
    this.#ask({ action: 'remove', index });
    this.focus();
  }

  #undo(): void {
    const { removed } = this;
    this.removed = null;
    removed?.undo();
    this.focus();
  }

  /** Arrow keys go from tab to tab, as lists of tabs do. */
  #keyPressed(event: KeyboardEvent): void {
    const last = this.files.length - 1;
    const { shown, editable } = this;
    const next: Readonly<Record<string, number>> = {
      ArrowLeft: shown === 0 ? last : shown - 1,
      ArrowRight: shown === last ? 0 : shown + 1,
      Home: 0,
      End: last,
    };
    const index = next[event.key];
    if (index !== undefined) {
      this.#ask({ action: 'show', index });
      this.focus();
    } else if (event.key === 'F2' && editable) this.#name(shown);
    else if (event.key === 'Delete' && editable && shown > 0) this.#remove(shown);
    else return;
    event.preventDefault();
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      .panel {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      /* Above the source for the eye, behind it for the Tab key: who leaves the source with Escape goes on from here. */
      .bar {
        display: flex;
        flex: none;
        gap: 4px;
        align-items: center;
        order: -1;
        height: var(--tab-height);
        padding: 0 4px 0 6px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }

      .tabs {
        display: flex;
        flex: 0 1 auto;
        height: 100%;
        min-width: 90px;
        overflow: auto hidden;
        scrollbar-width: none;
      }

      .tab {
        flex: none;
        gap: 6px;
        height: 100%;
        min-height: 0;
        padding: 0 8px;
        border: 0;
        border-radius: 0;
        background: none;
        color: var(--text-quiet);
        font-size: var(--size-small);
        box-shadow: inset 0 -2px transparent;
      }

      .tab:focus-visible {
        outline-offset: -3px;
      }

      .tab[aria-selected='true'] {
        color: var(--text);
        font-weight: 600;
        box-shadow: inset 0 -2px var(--accent);
      }

      .tab i {
        width: 7px;
        height: 7px;
        border-radius: 50%;
        background: var(--bad);
      }

      .tab i.finding {
        border-radius: 2px;
        background: var(--warn);
      }

      .actions {
        display: flex;
        flex: none;
      }

      .icon {
        justify-content: center;
        width: max(26px, 2em);
        min-height: 28px;
        padding: 0;
        color: var(--text-quiet);
      }

      form {
        display: flex;
        flex: 1 1 200px;
        gap: 4px;
        min-width: 0;
      }

      input {
        flex: 1;
        width: 8ch;
        min-width: 0;
        max-width: 32ch;
        height: 26px;
        padding: 0 8px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        font-size: var(--size-small);
      }

      .accept,
      [data-undo] {
        min-height: 26px;
        font-size: var(--size-small);
      }

      slot[name='bar'] {
        display: block;
        flex: 1;
        min-width: 0;
      }

      .removed {
        display: flex;
        flex: 1;
        gap: 10px;
        align-items: center;
        min-width: 0;
        overflow: hidden;
        font-size: var(--size-small);
        white-space: nowrap;
      }

      slot[name='tools'] {
        display: block;
        flex: none;
      }
    `,
  ];
}

customElements.define('vp-files', FileTabs);
