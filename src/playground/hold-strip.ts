import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Hold } from '../machine/machine-types.ts';
import { showLine } from './monitor-view.ts';
import { sharedStyles } from './shared-styles.ts';
import { formatCall } from './stepper.ts';

/**
 * `<vp-hold>`: the call before which a paused driver stands, with callback, IRQL and place: two short lines in the bezel,
 * which are as high as what they stand in for.
 */
export class HoldStrip extends LitElement {
  static override properties = { hold: { attribute: false }, linked: { type: Boolean } };
  /** Null: the driver has not come to a call yet. */
  declare hold: Hold | null;
  /** Is there a source to show the place in? */
  declare linked: boolean;

  constructor() {
    super();
    this.hold = null;
    this.linked = false;
  }

  override render(): TemplateResult {
    const { hold } = this;
    if (!hold) {
      const why = 'It waits, computes, or nobody calls it; its next call is held.';
      return html`<div title=${why}>Not at a VideoPort call yet</div><div class="where" title=${why}>${why}</div>`;
    }
    const call = formatCall(hold);
    return html`<div class="mono" title=${call}><b>${hold.call}</b>${call.slice(hold.call.length)}</div>
      <div class="where mono">${hold.callback ?? 'outside callbacks'} · ${hold.irql}${this.#places(hold)}</div>`;
  }

  /** The place of the call, then the places of its callers: a driver reaches the port through helpers of its own. */
  #places({ file, line, column, callers }: Hold): TemplateResult | typeof nothing {
    if (line === null) return nothing;
    const called = callers.map((caller) => /^(.*):(\d+):(\d+)$/.exec(caller) ?? []);
    return html` · ${this.#place(`${file}:${line}`, line, column, file)}${called.map(([, name, row, at]) => html` ← ${this.#place(name === file ? `${row}` : `${name}:${row}`, Number(row), Number(at), name ?? null)}`)}`;
  }

  #place(text: string, line: number, column: number | null, file: string | null): TemplateResult | string {
    if (!this.linked) return text;
    return html`<button title="Show it in the source" @click=${() => this.dispatchEvent(showLine(line, column, file))}>${text}</button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        font-size: var(--size-tiny);
        line-height: 1.24;
      }

      div {
        overflow: hidden;
        color: var(--bezel-bright);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      b {
        color: var(--light-doorbell);
        font-weight: 600;
      }

      .where {
        color: var(--bezel-text);
      }

      button {
        display: inline;
        min-height: 0;
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: none;
        color: var(--bezel-bright);
        text-decoration: underline;
        text-underline-offset: 2px;
      }

      button:hover {
        background: none;
        color: #fff;
      }

      button:focus-visible {
        outline-color: var(--light-read);
        outline-offset: -1px;
      }
    `,
  ];
}

customElements.define('vp-hold', HoldStrip);
