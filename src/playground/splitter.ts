import { css, html, LitElement, type TemplateResult } from 'lit';
import { readSetting, writeSetting } from './settings.ts';
import { sharedStyles } from './shared-styles.ts';

/** The smallest and the largest share that the part before the divider can have, in percent; the page's styles may allow less. */
const least = 15;
const most = 85;

/** One press of an arrow key moves it so far, in percent; with Shift five times as far. */
const step = 2;

/**
 * `<vp-splitter name="columns">`: the divider between two parts of its parent, which stand side by side (`columns`) or one above the
 * other (`rows`). It sets `--split-columns` or `--split-rows` on the parent to the first part's share of the content box; until
 * someone moves it, the property is not set and the page's own measure holds. A double click, or Enter, leads back there.
 *
 * It is a focusable separator as WAI-ARIA describes it: arrows, Shift and arrows, Home and End move it.
 */
export class Splitter extends LitElement {
  static override properties = {
    name: { reflect: true },
    label: {},
    remember: { type: Boolean },
    share: { state: true },
  };
  declare name: 'columns' | 'rows';
  /** What it resizes, for screen readers: `Machine and source`. */
  declare label: string;
  /** Is the share kept between visits? */
  declare remember: boolean;
  /** Percent of the parent's content box that the first part has; null: as the page sees fit. */
  declare share: number | null;

  /** How far into the divider it was taken, in CSS pixels; null while nobody drags. */
  #grip: number | null = null;

  constructor() {
    super();
    this.name = 'columns';
    this.label = '';
    this.remember = false;
    this.share = null;
    this.addEventListener('pointerdown', this.#taken);
    this.addEventListener('pointermove', this.#dragged);
    this.addEventListener('pointerup', this.#released);
    this.addEventListener('pointercancel', this.#released);
    this.addEventListener('dblclick', () => this.#set(null));
    this.addEventListener('keydown', this.#keyPressed);
    this.addEventListener('focus', this.#tell);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = 0;
    this.role = 'separator';
    this.ariaOrientation = this.name === 'columns' ? 'vertical' : 'horizontal';
    this.ariaLabel = this.label;
    this.ariaValueMin = String(least);
    this.ariaValueMax = String(most);
    this.title = 'Drag to resize; double click for the usual size';
    const kept = this.remember ? Number(readSetting(this.#setting) ?? Number.NaN) : Number.NaN;
    this.#put(kept >= least && kept <= most ? kept : null);
  }

  protected override firstUpdated(): void {
    // A separator that can be moved has a value from the beginning; where it lies is known when the page has been laid out.
    requestAnimationFrame(this.#tell);
  }

  get #setting(): string {
    return `split-${this.name}`;
  }

  /** The parent's content box along the axis, and where this divider begins in it. */
  #measure(): { readonly start: number; readonly size: number; readonly at: number } {
    const parent = this.parentElement ?? this;
    const [outer, own, style] = [
      parent.getBoundingClientRect(),
      this.getBoundingClientRect(),
      getComputedStyle(parent),
    ];
    if (this.name === 'columns') {
      const start = outer.left + Number.parseFloat(style.paddingLeft);
      return { start, size: outer.right - Number.parseFloat(style.paddingRight) - start, at: own.left };
    }
    const start = outer.top + Number.parseFloat(style.paddingTop);
    return { start, size: outer.bottom - Number.parseFloat(style.paddingBottom) - start, at: own.top };
  }

  /** The share as it is on the screen. */
  get #shown(): number {
    const { start, size, at } = this.#measure();
    return ((at - start) / Math.max(1, size)) * 100;
  }

  #put(share: number | null): void {
    this.share = share;
    const style = this.parentElement?.style;
    if (share === null) style?.removeProperty(`--split-${this.name}`);
    else style?.setProperty(`--split-${this.name}`, `${share}%`);
  }

  #set(share: number | null): void {
    this.#put(share === null ? null : Math.min(most, Math.max(least, Math.round(share * 100) / 100)));
    if (this.remember) writeSetting(this.#setting, this.share === null ? null : String(this.share));
    this.#tell();
  }

  readonly #tell = (): void => {
    this.ariaValueNow = String(Math.min(most, Math.max(least, Math.round(this.#shown))));
  };

  readonly #taken = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    this.#grip = this.#along(event) - this.#measure().at;
    this.toggleAttribute('dragged', true);
  };

  readonly #dragged = (event: PointerEvent): void => {
    if (this.#grip === null) return;
    const { start, size } = this.#measure();
    this.#set(((this.#along(event) - this.#grip - start) / Math.max(1, size)) * 100);
  };

  readonly #released = (): void => {
    this.#grip = null;
    this.toggleAttribute('dragged', false);
  };

  #along(event: PointerEvent): number {
    return this.name === 'columns' ? event.clientX : event.clientY;
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [back, on] = this.name === 'columns' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const far = event.shiftKey ? step * 5 : step;
    if (event.key === back) this.#set(this.#shown - far);
    else if (event.key === on) this.#set(this.#shown + far);
    else if (event.key === 'Home') this.#set(least);
    else if (event.key === 'End') this.#set(most);
    else if (event.key === 'Enter') this.#set(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  override render(): TemplateResult {
    return html`<i></i>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        place-items: center;
        touch-action: none;
        user-select: none;
        cursor: col-resize;
      }

      :host([name='rows']) {
        cursor: row-resize;
      }

      /* The monitor is a frame of its own, which would swallow the moves in spite of the capture. */
      :host([dragged])::before {
        content: '';
        position: fixed;
        z-index: 10;
        inset: 0;
      }

      :host(:focus-visible) {
        border-radius: 4px;
      }

      i {
        width: 3px;
        height: 36px;
        border-radius: 2px;
        background: var(--line);
        transition: background 0.12s;
      }

      :host([name='rows']) i {
        width: 36px;
        height: 3px;
      }

      :host(:is(:hover, [dragged])) i {
        background: var(--accent);
      }
    `,
  ];
}

customElements.define('vp-splitter', Splitter);
