import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatCount } from './format.ts';
import { sharedStyles } from './shared-styles.ts';
import type { OpenDriver } from './workspace.ts';

/** `<vp-source-title>`: how things stand with the driver that is open, and what becomes of edits. */
export class SourceTitle extends LitElement {
  static override properties = {
    driver: { attribute: false },
    source: {},
    errors: { type: Number },
    running: { type: Boolean },
    unsaved: { type: Boolean },
    deleted: { type: Boolean },
    editable: { type: Boolean },
  };
  declare driver: OpenDriver | null;
  /** The file that is in the editor. */
  declare source: string;
  /** Errors of the text as it stands. */
  declare errors: number;
  /** Does a machine run? */
  declare running: boolean;
  /** Did the browser refuse to keep the last edit? */
  declare unsaved: boolean;
  /** Was the driver deleted, so that the editor alone holds it? */
  declare deleted: boolean;
  declare editable: boolean;

  constructor() {
    super();
    this.driver = null;
    this.source = '';
    this.errors = 0;
    this.running = false;
    this.unsaved = false;
    this.deleted = false;
    this.editable = false;
  }

  get #state(): { readonly text: string; readonly kind: 'good' | 'bad' | 'warn' | '' } {
    const { driver, errors } = this;
    if (!driver) return { text: '', kind: '' };
    if (driver.origin === 'none') return { text: 'nothing is open', kind: '' };
    if (errors > 0) {
      const count = `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}`;
      return { text: this.running ? `${count}: the last good version runs on` : count, kind: 'bad' };
    }
    if (this.unsaved) return { text: 'not kept: the browser’s storage is closed or full', kind: 'warn' };
    if (this.deleted) return { text: 'deleted: it goes with this page, unless an edit keeps it again', kind: 'warn' };
    if (driver.held) return { text: 'from a link, not run yet', kind: 'warn' };
    const lines = this.source.replace(/\n$/, '').split('\n').length;
    const count = `${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}`;
    if (driver.origin === 'mine') return { text: `${count}, kept in this browser`, kind: '' };
    return { text: this.editable ? `${count}, as shipped` : count, kind: '' };
  }

  override render(): TemplateResult {
    const { text, kind } = this.#state;
    return html`<span class="state ${kind}" role="status" title=${text}>${text}</span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex: 1;
        gap: 10px;
        align-items: baseline;
        overflow: hidden;
        white-space: nowrap;
      }

      .state {
        overflow: hidden;
        color: var(--text-quiet);
        font-size: var(--size-small);
        text-overflow: ellipsis;
      }

      .bad {
        color: var(--bad);
      }

      .warn {
        color: var(--warn);
      }
    `,
  ];
}

customElements.define('vp-source-title', SourceTitle);
