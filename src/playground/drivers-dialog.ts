import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { dialogStyles } from './dialog-styles.ts';
import type { StoredDriver } from './driver-store.ts';
import type { GalleryEntry } from './gallery.ts';
import { copyIcon, exportIcon, importIcon, logo, newIcon, renameIcon, trashIcon } from './icons.ts';
import { sharedStyles } from './shared-styles.ts';
import { filmFrames, filmOf } from './thumbnails.ts';

/** What someone asks of the list of drivers. */
export type DriverRequest =
  | { readonly action: 'shipped' | 'mine' | 'duplicate' | 'export' | 'remove' | 'lesson'; readonly id: string }
  | { readonly action: 'rename'; readonly id: string; readonly name: string }
  | { readonly action: 'import'; readonly files: readonly File[] }
  | { readonly action: 'new' };

/** Fired for each request. */
export type DriverRequestEvent = CustomEvent<DriverRequest>;

const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });

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

  protected override updated(changed: PropertyValues): void {
    // The row that had the focus is gone with its driver: what brings it back is next.
    if (changed.has('removed') && this.removed) this.renderRoot.querySelector<HTMLElement>('[data-undo]')?.focus();
  }

  override render(): TemplateResult {
    return html`<dialog class="wide" aria-labelledby="title" @click=${this.#clicked}>
      <div class="body">
        <div class="head">
          <h2 id="title">Drivers</h2>
          <button class="plain close" aria-label="Close" @click=${this.close}>✕</button>
        </div>
        <div class="parts">
          <section aria-labelledby="shipped">
            <h3 id="shipped">Shipped</h3>
            <ul class="cards">
              ${this.shipped.map((entry) => this.#card(entry))}
            </ul>
          </section>
          <section aria-labelledby="mine">
            <h3 id="mine">Mine</h3>
            <div class="begin">
              <button data-new @click=${() => this.#choose({ action: 'new' })}>${newIcon}New driver</button>
              <label class="button import">${importIcon}Import files<input type="file" multiple accept=".ts,.js,.mts,.mjs,.txt,.zip,text/*" @change=${this.#fileChosen} /></label>
            </div>
            ${this.removed ? this.#undo(this.removed) : nothing}
            <ul class="rows">
              ${this.mine.map((driver) => this.#row(driver))}
            </ul>
            <p class="quiet small">${
              this.mine.length === 0
                ? 'None yet. A new driver boots as it stands; an edit of a shipped one becomes a copy of your own.'
                : ''
            } Every edit is kept as you type, in this browser only. A file can also be dropped on the page.</p>
          </section>
        </div>
      </div>
    </dialog>`;
  }

  #card({ id, name, sentence, teaches, difficulty }: GalleryEntry): TemplateResult {
    const open = id === this.openId;
    const film = filmOf(id);
    return html`<li>
      <button class="card" data-shipped=${id} aria-current=${open ? 'true' : 'false'} ?autofocus=${open} @click=${() => this.#choose({ action: 'shipped', id })}>
        <span class="film">${film === null ? logo : html`<img src=${film} alt="" loading="lazy" decoding="async" />`}</span>
        <span class="about">
          <span class="name"><b class="mono">${name}</b><span class="chip ${difficulty}">${difficulty}</span>${open ? html`<span class="chip">open</span>` : nothing}</span>
          <span class="sentence">${sentence}</span>
          <span class="teaches">${teaches.map((topic) => html`<span>${topic}</span> `)}</span>
        </span>
      </button>
    </li>`;
  }

  #row(driver: StoredDriver): TemplateResult {
    const { id, fileName, others } = driver;
    if (this.renaming === id) {
      return html`<li class="row">
        <form @submit=${(event: Event) => this.#renamed(event, id)} @keydown=${this.#renameKeyPressed}>
          <input class="mono" name="name" aria-label="New name" .value=${fileName} maxlength="64" />
          <button>Rename</button>
        </form>
      </li>`;
    }
    const open = id === this.openId;
    return html`<li class="row">
      <button class="plain own" data-mine=${id} aria-current=${open ? 'true' : 'false'} ?autofocus=${open} @click=${() => this.#choose({ action: 'mine', id })}>
        <b class="mono">${fileName}</b>
        <span class="quiet">${day.format(driver.edited)}${driver.base ? `, from ${driver.base}` : ''}${others.length > 0 ? `, ${others.length + 1} files` : ''}</span>
      </button>
      <span class="actions">
        <button class="plain icon" data-rename aria-label=${`Rename ${fileName}`} title="Rename" @click=${() => this.#rename(id)}>${renameIcon}</button>
        <button class="plain icon" data-duplicate aria-label=${`Duplicate ${fileName}`} title="Duplicate" @click=${() => this.#ask({ action: 'duplicate', id })}>${copyIcon}</button>
        <button class="plain icon" data-export aria-label=${`Save ${fileName} as a file`} title="Save as a file" @click=${() => this.#ask({ action: 'export', id })}>${exportIcon}</button>
        <button class="plain icon" data-remove aria-label=${`Delete ${fileName}`} title="Delete" @click=${() => this.#ask({ action: 'remove', id })}>${trashIcon}</button>
      </span>
    </li>`;
  }

  #undo({ fileName, undo }: { readonly fileName: string; readonly undo: () => void }): TemplateResult {
    return html`<p class="undo" role="status"><span><b class="mono">${fileName}</b> is deleted.</span>
      <button data-undo @click=${() => {
        undo();
        this.removed = null;
        void this.updateComplete.then(() => this.#focus('[data-mine]'));
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
    void this.updateComplete.then(() => this.#focus(`[data-mine="${id}"]`));
  }

  #focus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  #renameKeyPressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    // Gives the renaming up, not the whole dialog.
    event.preventDefault();
    event.stopPropagation();
    const id = this.renaming;
    this.renaming = null;
    void this.updateComplete.then(() => this.#focus(`[data-mine="${id}"]`));
  }

  #fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    if (files.length > 0) this.#choose({ action: 'import', files });
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
      .wide {
        width: min(1080px, calc(100vw - 24px));
      }

      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 308px;
        gap: 0 24px;
        align-items: start;
      }

      .parts h3 {
        margin-top: 8px;
      }

      ul {
        display: grid;
        gap: 10px;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .cards {
        grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
      }

      .cards li {
        display: grid;
      }

      .card {
        display: grid;
        align-content: start;
        gap: 0;
        padding: 0;
        overflow: hidden;
        border-color: var(--line);
        text-align: left;
        white-space: normal;
      }

      .card[aria-current='true'] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }

      /* The film's frames lie one below the other; one of them shows, and moving means moving the next one up. */
      .film {
        position: relative;
        display: grid;
        place-items: center;
        overflow: hidden;
        width: 100%;
        aspect-ratio: 4 / 3;
        background: var(--screen-off);
      }

      .film img {
        position: absolute;
        top: 0;
        left: 0;
        width: 100%;
        height: ${filmFrames * 100}%;
        /* Once on and back, then it rests until someone looks at it: nothing moves for ever beside what is read. */
        animation: film 2s steps(${filmFrames}, jump-none) 2 alternate;
      }

      .card:is(:hover, :focus-visible) .film img {
        animation-iteration-count: infinite;
      }

      @keyframes film {
        to {
          transform: translateY(calc(-100% * ${filmFrames - 1} / ${filmFrames}));
        }
      }

      .film .logo {
        width: 48px;
        height: 48px;
      }

      .about {
        display: grid;
        gap: 5px;
        align-content: start;
        padding: 8px 11px 10px;
      }

      .name {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 7px;
        align-items: center;
      }

      .chip,
      .teaches span {
        padding: 0 7px;
        border-radius: 9px;
        background: var(--hover);
        color: var(--text-quiet);
        font-size: var(--size-tiny);
        line-height: 17px;
        white-space: nowrap;
      }

      .beginner {
        background: var(--good-wash);
        color: var(--good);
      }

      .intermediate {
        background: var(--accent-wash);
        color: var(--accent);
      }

      .advanced {
        background: var(--warn-wash);
        color: var(--warn);
      }

      .sentence {
        color: var(--text-quiet);
        font-size: var(--size-small);
        line-height: 1.45;
      }

      .teaches {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }

      .teaches span {
        border-radius: 4px;
        padding: 0 5px;
      }

      .begin {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-bottom: 8px;
      }

      .small {
        font-size: var(--size-small);
      }

      @media (width < 900px) {
        .parts {
          grid-template-columns: minmax(0, 1fr);
        }

        .parts section + section {
          margin-top: 14px;
        }
      }

      /* A telephone: the film beside the words. */
      @media (width < 520px) {
        .card {
          grid-template-columns: 104px minmax(0, 1fr);
        }

        .film {
          align-self: start;
          margin: 11px 0 11px 11px;
          width: auto;
          border-radius: 4px;
        }
      }

      .rows {
        gap: 0;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        border-top: 1px solid var(--line);
      }

      .actions {
        display: flex;
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
        flex: 1 1 150px;
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
        width: 30px;
        padding: 0;
        color: var(--text-quiet);
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
