import { css, html, LitElement, type TemplateResult } from 'lit';
import { readSetting, writeSetting } from './settings.ts';
import { sharedStyles } from './shared-styles.ts';

/** The smallest and the largest share that the part before the divider can have, in percent; the page's styles may allow less. */
const least = 15;
const most = 85;

/** The share at which the second part is put away, where that is possible, and from where on a drag means it. In percent. */
const all = 100;
const nearlyAll = 92.5;

/** The dividers that the page has, by name. */
export const dividers = ['columns', 'rows'] as const;

/** One press of an arrow key moves it so far, in percent; with Shift five times as far. */
const step = 2;

/**
 * `<vp-splitter name="columns">`: the divider between two parts of its parent, which stand side by side (`columns`) or one above the
 * other (`rows`). It sets `--split-columns` or `--split-rows` on the parent to the first part's share of the content box; until
 * someone moves it, the property is not set and the page's own measure holds. A double click, or Enter, leads back there. Fires `split`
 * when the share has changed.
 *
 * It is a focusable separator as WAI-ARIA describes it: arrows, Shift and arrows, Home and End move it.
 */
export class Splitter extends LitElement {
  static override properties = {
    name: { reflect: true },
    label: {},
    kept: {},
    whole: { type: Boolean },
    share: { state: true },
  };
  declare name: (typeof dividers)[number];
  /** What it resizes, for screen readers: `Machine and source`. */
  declare label: string;
  /** Under which name the share is kept between visits: each has its own. Empty: it is not kept. */
  declare kept: string;
  /** Can the first part have all of the room? */
  declare whole: boolean;
  /** Percent of the parent's content box that the first part has; null: as the page sees fit. */
  declare share: number | null;

  /** Shares of this visit by {@link kept}: storage may be closed. */
  readonly #shares = new Map<string, number | null>();

  /** Under which name the share that is shown is kept. */
  #of = '';

  /** How far into the divider it was taken, in CSS pixels; null while nobody drags. */
  #grip: number | null = null;

  constructor() {
    super();
    this.name = 'columns';
    this.label = '';
    this.kept = '';
    this.whole = false;
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
    this.ariaValueMin = String(least);
    this.#describe();
    this.title = 'Drag to resize; double click for the usual size';
    this.#put(this.#remembered());
  }

  protected override willUpdate(): void {
    this.#describe();
    if (this.kept !== this.#of) this.#put(this.#remembered());
  }

  protected override updated(): void {
    // A separator that can be moved has a value from the beginning; where it lies is known when the page has been laid out.
    requestAnimationFrame(this.#tell);
  }

  #describe(): void {
    this.ariaLabel = this.label;
    this.ariaValueMax = String(this.#most);
  }

  get #setting(): string {
    return `split-${this.kept}-${this.name}`;
  }

  get #most(): number {
    return this.whole ? all : most;
  }

  #remembered(): number | null {
    const known = this.#shares.get(this.kept);
    if (known !== undefined) return known;
    const share = this.kept === '' ? Number.NaN : Number(readSetting(this.#setting) ?? Number.NaN);
    return share >= least && share <= this.#most ? share : null;
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
    this.#of = this.kept;
    this.share = share;
    const style = this.parentElement?.style;
    if (share === null) style?.removeProperty(`--split-${this.name}`);
    else style?.setProperty(`--split-${this.name}`, `${share}%`);
    this.dispatchEvent(new CustomEvent('split'));
  }

  /** Puts the divider there for this visit, or where the page sees fit: a link speaks of it, not the visitor. */
  show(share: number | null): void {
    this.#put(share === null ? null : this.#within(share));
    this.#shares.set(this.kept, this.share);
  }

  /** Gives the first part all of the room, or takes that back. */
  toggleWhole(): void {
    this.#set(this.share === all ? null : all);
  }

  /** The nearest share that there can be. */
  #within(share: number): number {
    if (this.whole && share > nearlyAll) return all;
    return Math.min(most, Math.max(least, Math.round(share * 100) / 100));
  }

  #set(share: number | null): void {
    this.show(share);
    if (this.kept) writeSetting(this.#setting, this.share === null ? null : String(this.share));
    this.#tell();
  }

  readonly #tell = (): void => {
    this.ariaValueNow = String(
      Math.min(this.#most, Math.max(least, Math.round(this.share === all ? all : this.#shown))),
    );
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
    if (event.key === back) this.#set(this.share === all ? most : this.#shown - far);
    else if (event.key === on) this.#set(this.#shown >= most - 0.5 ? this.#most : this.#shown + far);
    else if (event.key === 'Home') this.#set(least);
    else if (event.key === 'End') this.#set(this.#most);
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
