import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { importIcon } from './icons.ts';
import { sharedStyles } from './shared-styles.ts';

/** Fired when files were dropped: `detail` is all of them. */
export type FilesEvent = CustomEvent<readonly File[]>;

/**
 * `<vp-drop>`: takes files that are dropped anywhere on the page. While files are dragged over the page it lies over everything,
 * says what will become of them, and keeps them from the monitor's frame, which would open them itself.
 */
export class FileDrop extends LitElement {
  static override properties = { over: { state: true } };
  /** Are files being dragged over the page? */
  declare over: boolean;

  constructor() {
    super();
    this.over = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const) addEventListener(name, this.#dragged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      removeEventListener(name, this.#dragged);
  }

  readonly #dragged = (event: DragEvent): void => {
    // Text dragged within the editor is the editor's business.
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    // Leaving one element for another within the page names where to; leaving the page names nothing.
    if (event.type === 'dragleave') this.over = event.relatedTarget !== null;
    else this.over = event.type !== 'drop';
    if (event.type !== 'drop') return;
    const files = [...event.dataTransfer.files];
    if (files.length > 0) this.dispatchEvent(new CustomEvent('files', { detail: files }));
  };

  protected override updated(): void {
    // In the top layer: over an open dialog too.
    const curtain = this.renderRoot.querySelector<HTMLElement>('[popover]');
    if (curtain && !curtain.matches(':popover-open')) curtain.showPopover();
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.over) return nothing;
    return html`<div popover="manual"><p>${importIcon}Drop it to open it as a driver of your own</p></div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      [popover] {
        display: grid;
        place-items: center;
        width: 100vw;
        height: 100dvh;
        max-width: none;
        max-height: none;
        padding: 0;
        border: 0;
        background: color-mix(in srgb, var(--ground) 78%, transparent);
        color: var(--text);
      }

      p {
        display: flex;
        gap: 12px;
        align-items: center;
        margin: 16px;
        padding: 26px 34px;
        border: 2px dashed var(--accent);
        border-radius: 12px;
        background: var(--surface);
        font-size: 16px;
        font-weight: 600;
      }
    `,
  ];
}

customElements.define('vp-drop', FileDrop);
