import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Support } from '../machine/machine-types.ts';
import { sharedStyles } from './shared-styles.ts';

/** `<vp-engine>`: which engine serves the machine, and, where that is for want of WebGPU, how to get it. */
export class EngineBadge extends LitElement {
  static override properties = { engine: { attribute: false }, support: { attribute: false } };
  declare engine: { readonly kind: 'webgpu' | 'software'; readonly adapter: string } | null;
  declare support: Support | null;

  constructor() {
    super();
    this.engine = null;
    this.support = null;
  }

  override render(): TemplateResult | typeof nothing {
    const { engine, support } = this;
    if (support?.kind === 'no-webgpu') {
      return html`<button class="badge" popovertarget="help" title="Why not WebGPU?">Software<span class="long"> engine</span><span class="why">why?</span></button>
        <div id="help" popover role="dialog" aria-label="How to get WebGPU">
          <h2>Drawn by the software engine</h2>
          <p>This browser offers no WebGPU${support.reason ? html`: <span class="mono">${support.reason}</span>` : ''}. Everything works; large
            modes are slower.</p>
          <p>To have your own GPU do the work:</p>
          <ul>
            <li>Chrome or Edge 113 and later on Windows, macOS and ChromeOS; 121 and later on Android.</li>
            <li>On Linux, Chrome with <code>chrome://flags/#enable-unsafe-webgpu</code> and
              <code>chrome://flags/#enable-vulkan</code> enabled.</li>
            <li>Safari 26 and later; Firefox 141 and later on Windows.</li>
            <li>WebGPU needs HTTPS or localhost. <code>chrome://gpu</code> (type it into the address bar) says what holds it back.</li>
          </ul>
          <button popovertarget="help" popovertargetaction="hide">Close</button>
        </div>`;
    }
    if (!engine) return nothing;
    const name = engine.kind === 'webgpu' ? 'WebGPU' : 'Software engine';
    const adapter = engine.kind === 'webgpu' ? engine.adapter : '';
    return html`<span class="badge" title=${`Engine: ${name}${adapter ? `, ${adapter}` : ''}`}><b>${name}</b>${adapter ? html`<span class="adapter">${adapter}</span>` : nothing}</span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        min-width: 0;
      }

      .badge {
        display: flex;
        overflow: hidden;
        gap: 6px;
        align-items: center;
        min-width: 0;
        min-height: 20px;
        padding: 0 7px;
        border: 1px solid var(--bezel-edge);
        border-radius: 4px;
        background: #0f1319;
        color: var(--bezel-bright);
        font: var(--size-small) / 1 var(--mono);
      }

      b {
        flex: none;
        font-weight: 600;
      }

      button.badge {
        border-color: var(--light-doorbell);
        color: var(--light-doorbell);
      }

      button.badge:hover {
        background: #242b36;
      }

      .why {
        text-decoration: underline;
        text-underline-offset: 2px;
      }

      @container bezel (width < 600px) {
        :is(.why, .long) {
          display: none;
        }
      }

      .adapter {
        overflow: hidden;
        color: var(--bezel-text);
        text-overflow: ellipsis;
        white-space: nowrap;
        line-height: 1.5;
      }

      [popover] {
        width: min(480px, calc(100vw - 32px));
        padding: 16px 20px;
        border: 1px solid var(--line-strong);
        border-radius: 10px;
        background: var(--surface);
        color: var(--text);
        font: var(--size) / 1.5 var(--sans);
        box-shadow: 0 18px 60px rgb(0 0 0 / 45%);
      }

      h2 {
        margin: 0 0 8px;
        font-size: 15px;
      }

      p,
      ul {
        margin: 0 0 10px;
      }

      ul {
        padding-left: 20px;
      }

      code {
        font-size: var(--size-small);
        user-select: all;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

customElements.define('vp-engine', EngineBadge);
