import { css, html, LitElement, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { debugIcon, learnIcon, presentIcon } from './icons.ts';
import { type Layout, layouts } from './layout.ts';
import { sharedStyles, unseen } from './shared-styles.ts';
import { ariaKeysOf, capsOf } from './shortcuts.ts';

/** Fired when another layout is chosen: `detail` is that one. */
export type LayoutEvent = CustomEvent<Layout>;

const icons: Readonly<Record<Layout, TemplateResult>> = { learn: learnIcon, debug: debugIcon, present: presentIcon };

/** `<vp-layouts>`: the switch between the page's layouts, one pressed at a time. Arrow keys go from one to the next. */
export class LayoutSwitch extends LitElement {
  static override properties = { layout: {} };
  /** The layout in force. */
  declare layout: Layout;

  constructor() {
    super();
    this.layout = 'debug';
  }

  /** Focuses the layout that is chosen. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>(':checked')?.focus();
  }

  override render(): TemplateResult {
    return html`<div role="radiogroup" aria-label="Layout">${layouts.map(
      ({ id, name, text }) => html`<label title=${`${name}: ${text} (${capsOf(id).join('+')})`}>
        <input type="radio" name="layout" value=${id} aria-keyshortcuts=${ariaKeysOf(id)} .checked=${live(id === this.layout)} @change=${() => this.#choose(id)} />
        ${icons[id]}<span>${name}</span>
      </label>`,
    )}</div>`;
  }

  #choose(layout: Layout): void {
    this.dispatchEvent(new CustomEvent('layout-chosen', { detail: layout }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        flex: none;
      }

      div {
        display: flex;
        gap: 2px;
        padding: 2px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--ground);
      }

      label {
        position: relative;
        display: flex;
        gap: 6px;
        align-items: center;
        justify-content: center;
        min-width: 30px;
        height: calc(var(--control) - 6px);
        padding: 0 9px;
        border-radius: calc(var(--radius) - 2px);
        color: var(--text-quiet);
        cursor: pointer;
      }

      label:hover {
        background: var(--hover);
      }

      label:has(:checked) {
        background: var(--raised);
        color: var(--text);
        box-shadow: 0 0 0 1px var(--line-strong);
      }

      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }

      /* Over the whole label, and not to be seen: the label shows the state. */
      input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }

      @media (width < 900px) {
        label {
          padding: 0 6px;
        }

        label span {
          ${unseen}
        }
      }
    `,
  ];
}

customElements.define('vp-layouts', LayoutSwitch);
