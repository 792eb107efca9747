import { css, html, LitElement, type TemplateResult } from 'lit';
import { sharedStyles } from './shared-styles.ts';
import { type Shortcut, shortcuts } from './shortcuts.ts';

/** Those of the machine and the source stand left, where there is room for two columns; those of the page right. */
const firstHalf = shortcuts.findIndex(({ action }) => action === 'findings');

/**
 * `<vp-shortcuts>`: the sheet of keyboard shortcuts. Fires `single-keys` with a boolean when bare keys are turned on or off, and
 * `tour` when someone wants to be shown around.
 */
export class ShortcutsDialog extends LitElement {
  static override properties = { singleKeys: { type: Boolean } };
  /** Are shortcuts of one bare key on? */
  declare singleKeys: boolean;

  constructor() {
    super();
    this.singleKeys = true;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  get open(): boolean {
    return this.#dialog?.open ?? false;
  }

  /** Opens the sheet; the focus returns by itself when it closes. */
  show(): void {
    if (!this.open) this.#dialog?.showModal();
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @click=${this.#clicked}>
      <form method="dialog">
        <div class="head">
          <h2 id="title">Keyboard shortcuts</h2>
          <button class="plain" aria-label="Close">✕</button>
        </div>
        <div class="tables">
          ${[shortcuts.slice(0, firstHalf), shortcuts.slice(firstHalf)].map(
            (half) => html`<table><tbody>${half.map((shortcut) => this.#row(shortcut))}</tbody></table>`,
          )}
        </div>
        <label><input type="checkbox" .checked=${this.singleKeys} @change=${this.#singleKeysChosen} />Shortcuts of one letter</label>
        <button data-tour @click=${this.#tourAsked}>Show the tour</button>
      </form>
    </dialog>`;
  }

  #row({ caps, text, modifier, everywhere, inEditor, action }: Shortcut): TemplateResult {
    const on = modifier || everywhere || inEditor || action === 'help' || this.singleKeys;
    return html`<tr class=${on ? '' : 'off'}>
      <th scope="row">${text}</th>
      <td>${caps.map((cap) => html`<kbd>${cap}</kbd>`)}</td>
    </tr>`;
  }

  #clicked(event: MouseEvent): void {
    // Only the backdrop reports the dialog itself: everything inside is covered by the form.
    if (event.target === this.#dialog) this.#dialog?.close();
  }

  #tourAsked(event: Event): void {
    event.preventDefault();
    // Closed first, so that the tour finds the focus where it was before the sheet.
    this.#dialog?.close();
    this.dispatchEvent(new CustomEvent('tour'));
  }

  #singleKeysChosen(event: Event): void {
    this.singleKeys = (event.target as HTMLInputElement).checked;
    this.dispatchEvent(new CustomEvent('single-keys', { detail: this.singleKeys }));
  }

  static override styles = [
    sharedStyles,
    css`
      dialog {
        width: min(720px, calc(100vw - 32px));
        padding: 0;
        border: 1px solid var(--line-strong);
        border-radius: 10px;
        background: var(--surface);
        color: var(--text);
        box-shadow: 0 18px 60px rgb(0 0 0 / 45%);
      }

      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }

      form {
        padding: 14px 18px 18px;
      }

      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }

      h2 {
        margin: 0;
        font-size: 15px;
      }

      .tables {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(270px, 1fr));
        gap: 0 28px;
        align-items: start;
        margin: 8px 0 14px;
      }

      table {
        border-collapse: collapse;
      }

      th,
      td {
        height: 32px;
        border-top: 1px solid var(--line);
      }

      th {
        font-weight: 400;
        text-align: left;
      }

      td {
        text-align: right;
        white-space: nowrap;
      }

      td kbd {
        margin-left: 4px;
        padding: 2px 6px;
      }

      .off {
        color: var(--text-faint);
        text-decoration: line-through;
      }

      label {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 28px;
        margin-bottom: 12px;
      }
    `,
  ];
}

customElements.define('vp-shortcuts', ShortcutsDialog);
