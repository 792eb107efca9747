import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { dialogStyles } from './dialog-styles.ts';
import type { StoredDriver } from './driver-store.ts';
import type { GalleryEntry } from './gallery.ts';
import { importIcon, newIcon, renameIcon, trashIcon } from './icons.ts';
import { sharedStyles } from './shared-styles.ts';

/** What someone asks of the list of drivers. */
export type DriverRequest =
  | { readonly action: 'shipped' | 'mine' | 'remove' | 'lesson'; readonly id: string }
  | { readonly action: 'rename'; readonly id: string; readonly name: string }
  | { readonly action: 'import'; readonly file: File }
  | { readonly action: 'new' };

/** Fired for each request. */
export type DriverRequestEvent = CustomEvent<DriverRequest>;

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** `<vp-drivers>`: the gallery of shipped drivers, and the visitor's own. */
export class DriversDialog extends LitElement {
  static override properties = {
    shipped: { attribute: false },
    mine: { attribute: false },
    openId: {},
    renaming: { state: true },
    removed: { state: true },
  };
  declare shipped: readonly GalleryEntry[];
  declare mine: readonly StoredDriver[];
  /** Id of the driver that is open, shipped or own. */
  declare openId: string;
  declare renaming: string | null;
  /** The driver deleted last, and what brings it back. */
  declare removed: { readonly fileName: string; readonly undo: () => void } | null;

  constructor() {
    super();
    this.shipped = [];
    this.mine = [];
    this.openId = '';
    this.renaming = null;
    this.removed = null;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  get open(): boolean {
    return this.#dialog?.open ?? false;
  }

  show(): void {
    this.removed = null;
    this.renaming = null;
    if (!this.open) this.#dialog?.showModal();
  }

  close(): void {
    this.#dialog?.close();
  }

  #ask(request: DriverRequest): void {
    this.dispatchEvent(new CustomEvent('driver-request', { detail: request }));
  }

  #choose(request: DriverRequest): void {
    this.close();
    this.#ask(request);
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @click=${this.#clicked}>
      <div class="body">
        <header>
          <h2 id="title">Drivers</h2>
          <button class="plain close" aria-label="Close" @click=${this.close}>✕</button>
        </header>
        <h3>Shipped</h3>
        <ul class="cards">
          ${this.shipped.map((entry) => this.#card(entry))}
          <li>
            <button class="card new" data-new @click=${() => this.#choose({ action: 'new' })}>
              <span class="name">${newIcon}New driver</span>
              <span class="sentence">Begins with a driver that boots and draws; the picture is one function, yours to change.</span>
            </button>
          </li>
        </ul>
        <h3>Mine, kept in this browser only</h3>
        ${this.removed ? this.#undo(this.removed) : nothing}
        ${
          this.mine.length === 0
            ? html`<p class="quiet">None yet. Edit any driver: a copy of your own is kept as you type.</p>`
            : html`<ul class="rows">
                ${this.mine.map((driver) => this.#row(driver))}
              </ul>`
        }
        <p>
          <label class="button import">${importIcon}Import a file<input type="file" accept=".ts,.js,.mts,.mjs,.txt,text/*" @change=${this.#fileChosen} /></label>
        </p>
      </div>
    </dialog>`;
  }

  #card(entry: GalleryEntry): TemplateResult {
    const open = entry.id === this.openId;
    return html`<li>
      <button class="card" data-shipped=${entry.id} aria-current=${open ? 'true' : 'false'} @click=${() => this.#choose({ action: 'shipped', id: entry.id })}>
        <span class="name"><b class="mono">${entry.name}</b><span class="chip">${entry.difficulty}</span>${open ? html`<span class="chip open">open</span>` : nothing}</span>
        <span class="sentence">${entry.sentence}</span>
      </button>
    </li>`;
  }

  #row(driver: StoredDriver): TemplateResult {
    const { id, fileName } = driver;
    if (this.renaming === id) {
      return html`<li class="row">
        <form @submit=${(event: Event) => this.#renamed(event, id)} @keydown=${this.#renameKeyPressed}>
          <input class="mono" name="name" aria-label="New name" .value=${fileName} maxlength="64" />
          <button>Rename</button>
        </form>
      </li>`;
    }
    return html`<li class="row">
      <button class="plain own" data-mine=${id} aria-current=${id === this.openId ? 'true' : 'false'} @click=${() => this.#choose({ action: 'mine', id })}>
        <b class="mono">${fileName}</b>
        <span class="quiet">${day.format(driver.edited)}${driver.base ? `, from ${driver.base}` : ''}</span>
      </button>
      <button class="plain icon" data-rename aria-label=${`Rename ${fileName}`} title="Rename" @click=${() => this.#rename(id)}>${renameIcon}</button>
      <button class="plain icon" data-remove aria-label=${`Delete ${fileName}`} title="Delete" @click=${() => this.#ask({ action: 'remove', id })}>${trashIcon}</button>
    </li>`;
  }

  #undo({ fileName, undo }: { readonly fileName: string; readonly undo: () => void }): TemplateResult {
    return html`<p class="undo" role="status"><span><b class="mono">${fileName}</b> is deleted.</span>
      <button data-undo @click=${() => {
        undo();
        this.removed = null;
        this.#dialog?.focus();
      }}>Undo</button></p>`;
  }

  #rename(id: string): void {
    this.renaming = id;
    void this.updateComplete.then(() => {
      const input = this.renderRoot.querySelector<HTMLInputElement>('input[name=name]');
      input?.focus();
      input?.setSelectionRange(0, input.value.replace(/\.ts$/, '').length);
    });
  }

  #renamed(event: Event, id: string): void {
    event.preventDefault();
    const name = this.renderRoot.querySelector<HTMLInputElement>('input[name=name]')?.value ?? '';
    this.renaming = null;
    if (name.trim() !== '') this.#ask({ action: 'rename', id, name });
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-mine="${id}"]`)?.focus());
  }

  #renameKeyPressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    // Gives the renaming up, not the whole dialog.
    event.preventDefault();
    event.stopPropagation();
    this.renaming = null;
  }

  #fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) this.#choose({ action: 'import', file });
    // The same file can be chosen again.
    input.value = '';
  }

  #clicked(event: MouseEvent): void {
    if (event.target === this.#dialog) this.close();
  }

  static override styles = [
    sharedStyles,
    dialogStyles,
    css`
      ul {
        display: grid;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .cards {
        grid-template-columns: repeat(auto-fill, minmax(min(260px, 100%), 1fr));
      }

      .cards li {
        display: grid;
      }

      .card {
        display: grid;
        gap: 6px;
        align-content: start;
        justify-items: start;
        padding: 10px 12px;
        border-color: var(--line);
        text-align: left;
        white-space: normal;
      }

      .card[aria-current='true'] {
        border-color: var(--accent);
      }

      .card.new {
        border-style: dashed;
        border-color: var(--line-strong);
        background: transparent;
      }

      .card.new:hover {
        background: var(--hover);
      }

      .name {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }

      .new .name {
        font-weight: 600;
      }

      .chip {
        padding: 0 7px;
        border-radius: 9px;
        background: var(--hover);
        color: var(--text-quiet);
        font-size: var(--size-tiny);
        line-height: 17px;
      }

      .chip.open {
        background: var(--accent-wash);
        color: var(--accent);
      }

      .sentence {
        color: var(--text-quiet);
      }

      .rows {
        gap: 0;
      }

      .row {
        display: flex;
        gap: 4px;
        align-items: center;
        border-top: 1px solid var(--line);
      }

      .row form {
        display: flex;
        flex: 1;
        gap: 6px;
        padding: 4px 0;
      }

      .row input {
        flex: 1;
        min-width: 0;
        min-height: var(--control);
        padding: 0 10px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
      }

      .own {
        flex: 1;
        flex-wrap: wrap;
        gap: 0 12px;
        min-width: 0;
        padding: 6px 8px;
        text-align: left;
        white-space: normal;
      }

      .own b {
        font-weight: 550;
        overflow-wrap: anywhere;
      }

      .own[aria-current='true'] b {
        color: var(--accent);
      }

      .own .quiet {
        font-size: var(--size-small);
      }

      .icon {
        justify-content: center;
        width: var(--control);
        padding: 0;
      }

      .undo {
        display: flex;
        gap: 12px;
        align-items: center;
        justify-content: space-between;
        padding: 4px 4px 4px 12px;
        border-radius: var(--radius);
        background: var(--warn-wash);
      }

      .import {
        margin-top: 8px;
      }

      .import input {
        position: absolute;
        width: 1px;
        height: 1px;
        opacity: 0;
      }

      .import:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
    `,
  ];
}

customElements.define('vp-drivers', DriversDialog);
