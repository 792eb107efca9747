import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { sharedStyles } from './shared-styles.ts';

/** The headers with which the page must come; vite.config.ts sends the same, and the service worker the last two. */
export const isolationHeaderLines = [
  'Document-Isolation-Policy: isolate-and-require-corp',
  'Cross-Origin-Opener-Policy: same-origin',
  'Cross-Origin-Embedder-Policy: require-corp',
] as const;

/** `<vp-isolation-notice>`: why no machine can run in this page as it is, and the ways out. Fires `own-tab` when that one is taken. */
export class IsolationNotice extends LitElement {
  static override properties = { reason: {}, embedded: { type: Boolean } };
  /** What the machine says is missing. */
  declare reason: string;
  /** Is the page in a frame? Then its own tab is a way out. */
  declare embedded: boolean;

  constructor() {
    super();
    this.reason = '';
    this.embedded = false;
  }

  /** The page knows what has been edited meanwhile; the address alone is for those who open it in another way. */
  #open(event: Event): void {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('own-tab', { bubbles: true, composed: true }));
  }

  override render(): TemplateResult {
    return html`
      <h2>The machine needs an isolated page</h2>
      <p>
        Processor and graphics device share memory here, and browsers allow shared memory only in pages that are
        <em>cross-origin isolated</em>. This one is not${this.reason ? html`: <span class="mono reason">${this.reason}</span>` : '.'}
      </p>
      ${
        this.embedded
          ? html`<p>It is shown inside another page, where this browser isolates it only if its host asks for that. In a tab of its own it may well run:</p>
              <p><a class="button" href=${`${location.pathname}${location.hash}`} target="_blank" rel="noopener" @click=${this.#open}>Open in its own tab</a></p>`
          : nothing
      }
      <p>Whoever serves this page can isolate it with these response headers:</p>
      <pre tabindex="0" aria-label="Response headers">${isolationHeaderLines.join('\n')}</pre>
      <p class="quiet">
        The first is enough in Chromium 137 and later, the other two serve the rest; browsers honour them over HTTPS and on localhost only.
        The source can be read meanwhile.
      </p>
    `;
  }

  static override styles = [
    sharedStyles,
    css`
      h2 {
        margin: 0 0 10px;
        font-size: 16px;
        color: var(--warn);
      }

      p {
        max-width: 64ch;
        margin: 0 0 10px;
      }

      .reason {
        font-size: var(--size-small);
      }

      pre {
        margin: 0 0 10px;
        padding: 8px 10px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        font: var(--size-small) / 1.6 var(--mono);
        user-select: all;
      }

      .quiet {
        color: var(--text-quiet);
      }

      .button {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }

      .button:hover {
        background: color-mix(in srgb, var(--accent) 85%, var(--text));
      }
    `,
  ];
}

customElements.define('vp-isolation-notice', IsolationNotice);
