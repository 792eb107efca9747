import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { deepFocus } from './focus.ts';
import { writeSetting } from './settings.ts';
import { sharedStyles } from './shared-styles.ts';

/** One stop of the tour. */
interface Stop {
  /** What it speaks of: selectors, each within the shadow tree of the one before. */
  readonly at: readonly string[];
  readonly title: string;
  readonly text: string;
}

const stops: readonly Stop[] = [
  {
    at: ['.case'],
    title: 'This is a real driver at work',
    text: 'A Windows miniport has booted in your browser. It allocated memory that it shares with the device, draws each frame there and rings a doorbell; a GPU does the rest.',
  },
  {
    at: ['.source-pane'],
    title: 'Change it',
    text: 'This is its source. Type: as soon as you pause, the driver boots again with your change. What you write is kept in this browser.',
  },
  {
    at: ['vp-output'],
    title: 'Break it',
    text: 'What would blue-screen a test machine is caught and named here, with the line that did it. Try to release a buffer with the wrong length.',
  },
  {
    at: ['vp-header', '.buttons'],
    title: 'Go on',
    text: 'Lessons lead from the first common buffer to a whole driver. Drivers has finished ones, and yours. Share makes a link that holds it all. Press ? for the keys.',
  },
];

/** So far from what it speaks of, and from the window's edges, in CSS pixels. */
const distance = 12;

/**
 * `<vp-tour>`: four small cards that say what the page is and what to try. It lies in the top layer and moves nothing; the page
 * can be used while it is there. Escape ends it, wherever the focus is. It is shown once a visitor, and again when asked for.
 */
export class Tour extends LitElement {
  static override properties = { step: { state: true } };
  /** Which card is shown, from 0; -1: none. */
  declare step: number;

  /** What had the focus before. */
  #before: HTMLElement | null = null;

  constructor() {
    super();
    this.step = -1;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(false);
  }

  /** Is a card to be seen? */
  get open(): boolean {
    return this.step >= 0;
  }

  /** Begins at the first card. Someone who is writing already keeps the focus. */
  async start(): Promise<void> {
    this.#listen(true);
    this.step = 0;
    await this.updateComplete;
    const focused = deepFocus();
    this.#before = focused;
    if (!focused?.isContentEditable) this.#focus();
  }

  #listen(on: boolean): void {
    const change = on ? addEventListener : removeEventListener;
    change('keydown', this.#keyPressed, { capture: true });
    change('resize', this.#place);
    change('scroll', this.#place, { capture: true });
  }

  /** Ends the tour; it does not come by itself any more. */
  end(): void {
    if (!this.open) return;
    this.#listen(false);
    const within = this.shadowRoot?.activeElement;
    this.step = -1;
    writeSetting('tour', 'seen');
    if (within) this.#before?.focus();
    this.dispatchEvent(new CustomEvent('tour-end'));
  }

  #go(step: number): void {
    if (step >= stops.length) this.end();
    else {
      this.step = step;
      void this.updateComplete.then(() => this.#focus());
    }
  }

  #focus(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-next]')?.focus({ preventScroll: true });
  }

  readonly #keyPressed = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
  };

  get #target(): Element | null {
    const root = this.getRootNode();
    if (!(root instanceof ShadowRoot || root instanceof Document)) return null;
    const [first = '', ...rest] = stops[this.step]?.at ?? [];
    let at = first === '' ? null : root.querySelector(first);
    for (const selector of rest) at = at?.shadowRoot?.querySelector(selector) ?? null;
    return at;
  }

  protected override updated(): void {
    const layer = this.renderRoot.querySelector<HTMLElement>('.layer');
    if (!layer) return;
    if (!layer.matches(':popover-open')) layer.showPopover();
    this.#target?.scrollIntoView({ block: 'nearest' });
    this.#place();
  }

  /** Puts the ring around what the card speaks of, and the card beside it where there is most room, else in its lower part. */
  readonly #place = (): void => {
    const ring = this.renderRoot.querySelector<HTMLElement>('.ring');
    const card = this.renderRoot.querySelector<HTMLElement>('.card');
    const box = this.#target?.getBoundingClientRect();
    if (!ring || !card || !box) return;
    Object.assign(ring.style, {
      left: `${box.left - 4}px`,
      top: `${box.top - 4}px`,
      width: `${box.width + 8}px`,
      height: `${box.height + 8}px`,
    });
    const { offsetWidth: width, offsetHeight: height } = card;
    const within = (at: number, size: number, room: number) => Math.max(distance, Math.min(at, room - size - distance));
    const rooms = [
      { room: innerWidth - box.right, need: width, left: box.right + distance, top: box.top },
      { room: box.left, need: width, left: box.left - width - distance, top: box.top },
      { room: innerHeight - box.bottom, need: height, left: box.right - width, top: box.bottom + distance },
      { room: box.top, need: height, left: box.left, top: box.top - height - distance },
    ];
    const beside = rooms.find(({ room, need }) => room >= need + distance * 2);
    const { left, top } = beside ?? { left: box.right - width - distance, top: box.bottom - height - distance };
    card.style.left = `${within(left, width, innerWidth)}px`;
    card.style.top = `${within(top, height, innerHeight)}px`;
  };

  override render(): TemplateResult | typeof nothing {
    const stop = stops[this.step];
    if (!stop) return nothing;
    const last = this.step === stops.length - 1;
    return html`<div class="layer" popover="manual">
      <div class="ring"></div>
      <div class="card" role="dialog" aria-labelledby="title" aria-describedby="text">
        <h2 id="title">${stop.title}</h2>
        <p id="text">${stop.text}</p>
        <div class="foot">
          <span class="dots" aria-hidden="true">${stops.map((_, index) => html`<i class=${index === this.step ? 'now' : ''}></i>`)}</span>
          <span class="hidden-text" aria-live="polite">${this.step + 1} of ${stops.length}: ${stop.title}. ${stop.text}</span>
          ${last ? nothing : html`<button class="plain" data-skip @click=${this.end}>Skip<kbd aria-hidden="true">Esc</kbd></button>`}
          <button class="next" data-next @click=${() => this.#go(this.step + 1)}>${last ? 'Done' : 'Next'}</button>
        </div>
      </div>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      /* Takes no room, and lets the page below be used. */
      .layer {
        inset: 0;
        width: 100vw;
        height: 100dvh;
        max-width: none;
        max-height: none;
        margin: 0;
        padding: 0;
        overflow: hidden;
        border: 0;
        background: none;
        color: var(--text);
        pointer-events: none;
      }

      .ring {
        position: fixed;
        border-radius: 9px;
        box-shadow:
          0 0 0 2px var(--accent),
          0 0 0 200vmax rgb(0 0 0 / 38%);
        transition: all 0.18s ease-out;
      }

      .card {
        position: fixed;
        width: min(350px, calc(100vw - 24px));
        padding: 14px 16px 12px;
        border: 1px solid var(--line-strong);
        border-radius: 10px;
        background: var(--surface);
        box-shadow: 0 18px 60px rgb(0 0 0 / 50%);
        pointer-events: auto;
      }

      h2 {
        margin: 0 0 4px;
        font-size: 15px;
      }

      p {
        margin: 0 0 12px;
        color: var(--text-quiet);
        line-height: 1.5;
      }

      .foot {
        display: flex;
        gap: 6px;
        align-items: center;
      }

      .dots {
        display: flex;
        flex: 1;
        gap: 6px;
      }

      .dots i {
        width: 6px;
        height: 6px;
        border-radius: 50%;
        background: var(--line-strong);
      }

      .dots .now {
        width: 16px;
        border-radius: 3px;
        background: var(--accent);
      }

      .next {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
        font-weight: 600;
      }

      .next:hover {
        background: color-mix(in srgb, var(--accent) 85%, var(--text));
      }
    `,
  ];
}

customElements.define('vp-tour', Tour);
