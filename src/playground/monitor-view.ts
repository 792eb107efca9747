import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { SourceError, Support } from '../machine/machine-types.ts';
import type { BugCheck } from '../machine/report.ts';
import { formatPlace } from './format.ts';
import { runIcon } from './icons.ts';
import type { Phase } from './phase.ts';
import { PictureStack } from './picture-stack.ts';
import { sharedStyles } from './shared-styles.ts';
import { ariaKeysOf } from './shortcuts.ts';
import { stopLine } from './stop-screen.ts';
import './isolation-notice.ts';

/** Fired when someone asks for a line of the source; the app scrolls to it. */
export type ShowLineEvent = CustomEvent<{
  readonly line: number;
  readonly column: number | null;
  readonly file: string | null;
}>;

/** @returns the event that asks for `line` of `file`; it leaves the component */
export function showLine(line: number, column: number | null, file: string | null): ShowLineEvent {
  return new CustomEvent('show-line', { bubbles: true, composed: true, detail: { line, column, file } });
}

/**
 * Why nothing runs by itself: the code came by a `link`, an embedded page waits for a `click`, or the last page died while a
 * driver of the visitor's own ran (`crash`); nothing: it does.
 */
export type Reserve = '' | 'link' | 'click' | 'crash';

/** What is said of it. */
const RESERVATIONS: Readonly<Record<Reserve, string>> = {
  '': '',
  link: 'This driver came by a link. It runs when you say so, in a sandbox without network or storage.',
  click: '',
  crash:
    'The page ended unexpectedly while your driver ran: it may have used up the memory. Nothing you wrote is lost. It runs again when you say so.',
};

/**
 * `<vp-monitor>`: the screen. Its size never depends on what it shows: modes of another shape are fitted into the same 4:3
 * tube, by whole multiples where that costs little room, and everything there is to say (no signal, stop screen, errors) lies over the picture.
 */
export class MonitorView extends LitElement {
  static override properties = {
    phase: {},
    reason: {},
    errors: { attribute: false },
    bugCheck: { attribute: false },
    support: { attribute: false },
    hasPicture: { type: Boolean },
    embedded: { type: Boolean },
    waitsFor: {},
  };
  declare phase: Phase;
  declare reason: string;
  declare errors: readonly SourceError[];
  declare bugCheck: BugCheck | null;
  declare support: Support | null;
  /** Has any picture arrived yet? Before that there is no signal. */
  declare hasPicture: boolean;
  /** Is the page in a frame of another page? */
  declare embedded: boolean;
  /** Why nothing runs by itself, if so. */
  declare waitsFor: Reserve;

  #stack: PictureStack | null = null;
  /** Ends the watch for screens with other dots. */
  #unwatchDots = () => {};
  #focusWasInPanel = false;

  constructor() {
    super();
    this.phase = 'checking';
    this.reason = '';
    this.errors = [];
    this.bugCheck = null;
    this.support = null;
    this.hasPicture = false;
    this.embedded = false;
    this.waitsFor = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watchDots();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatchDots();
  }

  /** Tells the styles how large a dot of the screen is: zoom, and another screen, change it. */
  #watchDots(): void {
    this.#unwatchDots();
    this.style.setProperty('--dot', `${1 / devicePixelRatio}px`);
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const changed = () => this.#watchDots();
    query.addEventListener('change', changed, { once: true });
    this.#unwatchDots = () => query.removeEventListener('change', changed);
  }

  /** Where machines put their frames. There after the first update. */
  get stack(): PictureStack {
    const container = this.renderRoot.querySelector<HTMLElement>('.tube');
    if (!container) throw new Error('<vp-monitor>.stack: the monitor has not been drawn yet');
    this.#stack ??= new PictureStack(container);
    return this.#stack;
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.toggleAttribute('stopped', this.phase === 'stopped');
    if (!changed.has('phase')) return;
    const focused = this.shadowRoot?.activeElement;
    this.#focusWasInPanel = Boolean(focused?.closest('.over'));
  }

  protected override updated(): void {
    // A panel that goes takes its focused button along: the focus stays on the monitor instead of falling to the page.
    if (this.#focusWasInPanel && !this.shadowRoot?.activeElement) {
      this.renderRoot.querySelector<HTMLElement>('.tube')?.focus();
    }
    this.#focusWasInPanel = false;
  }

  override render(): TemplateResult {
    return html`
      <div class="tube" tabindex="-1" role="group" aria-label="Monitor"></div>
      ${this.#over()}
    `;
  }

  #over(): TemplateResult | typeof nothing {
    if (this.phase === 'unsupported') {
      return html`<div class="over panel" tabindex="0" role="region" aria-label="Why no machine can run here">
        <vp-isolation-notice .reason=${this.reason} ?embedded=${this.embedded}></vp-isolation-notice>
      </div>`;
    }
    if (this.bugCheck) return this.#stopScreen(this.bugCheck);
    if (this.phase === 'rejected' || this.phase === 'failed' || this.phase === 'crashed') return this.#failure();
    if (this.waitsFor !== '' && (this.phase === 'idle' || this.phase === 'stopped')) return this.#invitation();
    if (this.phase === 'stopped') return html`<div class="over tag">Stopped</div>`;
    if (this.hasPicture) return nothing;
    const text =
      this.phase === 'idle'
        ? 'No signal'
        : this.phase === 'checking'
          ? 'Looking at this browser'
          : 'Waiting for a signal';
    return html`<div class="over quiet"><span class="osd">${text}</span></div>`;
  }

  #invitation(): TemplateResult {
    return html`<div class="over quiet invitation">
      <button class="start" @click=${() => this.dispatchEvent(new CustomEvent('control', { detail: 'run' }))}>${runIcon}Run</button>
      ${RESERVATIONS[this.waitsFor] === '' ? nothing : html`<p>${RESERVATIONS[this.waitsFor]}</p>`}
    </div>`;
  }

  #stopScreen(bugCheck: BugCheck): TemplateResult {
    const place = formatPlace(bugCheck);
    const { line, column, file } = bugCheck;
    return html`<div class="over stop-screen" tabindex="0" role="region" aria-label="Stop screen">
      <p>A problem has been detected and the machine has been shut down to prevent damage to your computer.</p>
      <p class="name">${bugCheck.name}</p>
      <p>${bugCheck.message}</p>
      ${
        place === null || line === null
          ? nothing
          : html`<p>The problem seems to be caused by this line: <button @click=${() => this.dispatchEvent(showLine(line, column, file))}>${place}</button></p>`
      }
      <p>If this is the first time you've seen this stop screen, correct ${line === null ? 'the driver' : 'the line above'} and press ${ariaKeysOf('restart')} to restart the machine.</p>
      <p class="technical">Technical information:</p>
      <p class="numbers">${stopLine(bugCheck)}</p>
      ${place === null ? nothing : html`<p class="numbers">***  ${place}</p>`}
    </div>`;
  }

  #failure(): TemplateResult {
    const compile = this.errors.length > 0;
    const title = compile
      ? `The source does not compile: ${this.errors.length} ${this.errors.length === 1 ? 'error' : 'errors'}`
      : this.phase === 'rejected'
        ? 'The machine did not boot'
        : this.phase === 'crashed'
          ? 'The machine crashed'
          : 'The driver did not start';
    return html`<div class="over panel" tabindex="0" role="region" aria-label=${title}>
      <h2>${title}</h2>
      ${
        compile
          ? html`<ul>
              ${this.errors.map(
                (error) => html`<li>
                  <button class="place mono" @click=${() => this.dispatchEvent(showLine(error.line, error.column, error.file))}>${formatPlace(error)}</button>
                  <span>${error.message}</span>
                </li>`,
              )}
            </ul>`
          : html`<p class="mono reason">${this.reason || 'No reason was given.'}</p>`
      }
      <p class="hint">
        ${
          compile
            ? 'Choose a place to see it in the source.'
            : this.phase === 'failed'
              ? 'The log says how far it came.'
              : 'Change the engine below, or run it again.'
        }
      </p>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: relative;
        aspect-ratio: 4 / 3;
        overflow: hidden;
        background: var(--screen-off);
        color: var(--bezel-text);
        container-type: size;
      }

      .tube,
      .over {
        position: absolute;
        inset: 0;
      }

      .tube:focus-visible,
      .over:focus-visible {
        outline-offset: -3px;
      }

      .slot {
        --room: min(100cqw, 100cqh * var(--width, 4) / var(--height, 3));
        /* The largest whole multiple of the mode's width, in dots of the screen: sharp pixels. Taken where it costs no more than a
           tenth of the room; else what is in the last brackets is huge, and the picture takes it all. */
        --whole: round(down, var(--room), var(--width, 4) * var(--dot, 1px));
        --fit: min(var(--room), max(var(--whole), (var(--room) * 0.9 - var(--whole)) * 1e6));
        position: absolute;
        inset: 0;
        width: var(--fit);
        height: calc(var(--fit) * var(--height, 3) / var(--width, 4));
        margin: auto;
        background: #000;
      }

      .slot > iframe {
        position: absolute;
        inset: 0;
        display: block;
        width: 100%;
        height: 100%;
        border: 0;
        /* The frame only shows: what the mouse does over it, a file that is dragged too, is the page's. */
        pointer-events: none;
      }

      /* What lies above the last picture's edges must not show through while the new one waits below. */
      .slot + .slot {
        box-shadow: 0 0 0 100cqmax var(--screen-off);
      }

      :host([stopped]) .slot {
        filter: grayscale(0.7) brightness(0.36);
      }

      .quiet {
        display: grid;
        place-content: center;
        background:
          repeating-linear-gradient(0deg, rgb(255 255 255 / 2.2%) 0 1px, transparent 1px 3px),
          radial-gradient(circle at 50% 40%, #10151d, var(--screen-off) 70%);
      }

      .invitation {
        gap: 16px;
        justify-items: center;
        padding: 16px;
        text-align: center;
      }

      .invitation p {
        max-width: 40ch;
        margin: 0;
        color: var(--bezel-text);
      }

      .start {
        min-height: 48px;
        padding: 0 26px;
        border-color: #5aa9ff;
        border-radius: 24px;
        background: #5aa9ff;
        color: #08111d;
        font-size: 16px;
        font-weight: 600;
      }

      .start:hover {
        background: #7cbcff;
      }

      .osd,
      .tag {
        font: 600 13px / 1 var(--mono);
        letter-spacing: 0.14em;
        text-transform: uppercase;
      }

      .osd {
        padding: 12px 18px;
        border: 1px solid var(--bezel-edge);
        background: rgb(0 0 0 / 35%);
        color: var(--bezel-text);
      }

      .tag {
        display: grid;
        place-content: center;
        color: var(--bezel-bright);
        pointer-events: none;
      }

      .stop-screen {
        overflow: auto;
        padding: 3.2cqw;
        background: var(--stop-screen);
        color: var(--stop-screen-text);
        font: clamp(11px, 2.15cqw, 26px) / 1.35 'Lucida Console', var(--mono);
        overflow-wrap: anywhere;
      }

      .stop-screen p {
        margin: 0 0 1.1em;
      }

      .stop-screen .technical {
        margin-top: 1.6em;
      }

      .stop-screen button {
        display: inline;
        min-height: 0;
        padding: 0 2px;
        border: 0;
        border-radius: 0;
        background: none;
        color: inherit;
        text-align: left;
        text-decoration: underline;
        text-underline-offset: 0.2em;
        white-space: normal;
      }

      .stop-screen button:hover {
        background: var(--stop-screen-text);
        color: var(--stop-screen);
      }

      .stop-screen :focus-visible,
      .stop-screen:focus-visible {
        outline-color: #fff;
      }

      .panel {
        overflow: auto;
        padding: clamp(14px, 4cqw, 40px);
        background: var(--surface);
        color: var(--text);
      }

      .panel h2 {
        margin: 0 0 12px;
        font-size: 16px;
        color: var(--bad);
      }

      .panel ul {
        display: grid;
        gap: 10px;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .panel li {
        display: grid;
        gap: 4px;
        justify-items: start;
        overflow-wrap: anywhere;
      }

      .place {
        min-height: 24px;
        padding: 0 6px;
        font-size: var(--size-small);
        color: var(--accent);
      }

      .reason {
        margin: 0;
        padding: 10px 12px;
        border-left: 3px solid var(--bad);
        background: var(--bad-wash);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .hint {
        color: var(--text-quiet);
      }
    `,
  ];
}

customElements.define('vp-monitor', MonitorView);
