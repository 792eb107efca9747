import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatCount } from './format.ts';
import { sharedStyles } from './shared-styles.ts';
import type { OpenDriver } from './workspace.ts';

/** `<vp-source-title>`: which driver is open, and what becomes of edits. */
export class SourceTitle extends LitElement {
  static override properties = {
    driver: { attribute: false },
    errors: { type: Number },
    running: { type: Boolean },
    unsaved: { type: Boolean },
    editable: { type: Boolean },
  };
  declare driver: OpenDriver | null;
  /** Errors of the text as it stands. */
  declare errors: number;
  /** Does a machine run? */
  declare running: boolean;
  /** Did the browser refuse to keep the last edit? */
  declare unsaved: boolean;
  declare editable: boolean;

  constructor() {
    super();
    this.driver = null;
    this.errors = 0;
    this.running = false;
    this.unsaved = false;
    this.editable = false;
  }

  get #state(): { readonly text: string; readonly kind: 'good' | 'bad' | 'warn' | '' } {
    const { driver, errors } = this;
    if (!driver || driver.origin === 'none') return { text: '', kind: '' };
    if (errors > 0) {
      const count = `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}`;
      return { text: this.running ? `${count}: the last good version runs on` : count, kind: 'bad' };
    }
    if (this.unsaved) return { text: 'not kept: the browser’s storage is closed or full', kind: 'warn' };
    if (driver.held) return { text: 'from a link, not run yet', kind: 'warn' };
    const lines = driver.source.replace(/\n$/, '').split('\n').length;
    const count = `${formatCount(lines)} lines`;
    if (driver.origin === 'mine') return { text: `${count}, kept in this browser`, kind: '' };
    return { text: this.editable ? `${count}, as shipped` : count, kind: '' };
  }

  override render(): TemplateResult {
    const { text, kind } = this.#state;
    return html`<h2 class="mono">${this.driver?.origin === 'none' ? 'nothing is open' : (this.driver?.fileName ?? nothing)}</h2>
      <span class="state ${kind}" role="status">${text}</span>`;
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

      h2 {
        margin: 0;
        font-size: var(--size);
        font-weight: 600;
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
