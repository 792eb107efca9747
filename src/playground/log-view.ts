import { css, html, LitElement, type TemplateResult } from 'lit';
import type { MachineEvent } from '../machine/machine-types.ts';
import { downIcon } from './icons.ts';
import { showLine } from './monitor-view.ts';
import { sharedStyles } from './shared-styles.ts';

/** Log lines go straight to the log pane; a thousand a second must not each cause an update of the page. */
export type LogLine = Omit<Extract<MachineEvent, { type: 'log' }>, 'type'>;

/** Most lines that are kept; the oldest go first. */
export const logLimit = 2000;

/** As the DDK orders its debug levels: each includes those before it. */
const levels = [
  ['error', 'Errors'],
  ['warn', '+ warnings'],
  ['trace', '+ trace'],
  ['info', 'All levels'],
] as const satisfies readonly (readonly [LogLine['level'], string])[];

/** Rows lie in chunks of this many: a row that goes at the top then moves twenty boxes instead of two thousand. */
const chunkRows = 100;

/** So near to the end, in CSS pixels, counts as at the end. */
const nearEnd = 6;

/**
 * `<vp-log>`: the machine's log. Lines are put into the document once per animation frame, whatever their number; the level
 * filter is a matter of style alone, so choosing a level costs nothing. The view follows the end until someone scrolls up.
 */
export class LogView extends LitElement {
  static override properties = { level: {}, following: { state: true } };
  /** The most talkative level shown. */
  declare level: LogLine['level'];
  /** Does the view follow the end? */
  declare following: boolean;

  #pending: LogLine[] = [];
  #frame = 0;
  #rows = 0;
  /** Where the pane was scrolled to when last looked at. */
  #top = 0;

  constructor() {
    super();
    this.level = 'info';
    this.following = true;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#askForFrame();
  }

  /** Adds a line; it appears with the next animation frame. */
  add(line: LogLine): void {
    this.#pending.push(line);
    // In a hidden tab no frame comes: only what can still be shown is kept.
    if (this.#pending.length > logLimit * 2) this.#pending = this.#pending.slice(-logLimit);
    this.#askForFrame();
  }

  /** Empties the log. */
  clear(): void {
    this.#pending = [];
    this.#rows = 0;
    this.#list?.replaceChildren();
    this.following = true;
  }

  /** Puts the keyboard focus on the lines. */
  override focus(): void {
    this.#scroller?.focus();
  }

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector('.scroller');
  }

  get #list(): HTMLElement | null {
    return this.renderRoot.querySelector('.lines');
  }

  #askForFrame(): void {
    if (this.#frame !== 0 || this.#pending.length === 0 || !this.isConnected) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#flush();
    });
  }

  #flush(): void {
    const list = this.#list;
    if (!list) return;
    const fresh = this.#pending.slice(-logLimit);
    this.#pending = [];
    for (const line of fresh) {
      let chunk = list.lastElementChild;
      if (!chunk || chunk.childElementCount >= chunkRows) {
        chunk = document.createElement('div');
        chunk.className = 'chunk';
        list.append(chunk);
      }
      chunk.append(rowOf(line));
    }
    this.#rows += fresh.length;
    for (; this.#rows > logLimit; this.#rows--) {
      const oldest = list.firstElementChild;
      oldest?.firstElementChild?.remove();
      if (oldest?.childElementCount === 0) oldest.remove();
    }
    if (this.following) this.#toEnd();
  }

  #toEnd(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.#top = scroller.scrollTop;
  }

  #scrolled(): void {
    const scroller = this.#scroller;
    // A pane that is not shown has no height, and its scroll position means nothing.
    if (!scroller || scroller.clientHeight === 0) return;
    const { scrollTop } = scroller;
    if (scroller.scrollHeight - scrollTop - scroller.clientHeight > nearEnd) this.following = false;
    // Scroll events come late: one that the last new line caused must not undo a turn of the wheel after it.
    else if (scrollTop > this.#top) this.following = true;
    this.#top = scrollTop;
  }

  // Wheel and keys scroll smoothly: were the first few pixels not taken as a wish, the next lines would undo them.
  #wheeled(event: WheelEvent): void {
    const scroller = this.#scroller;
    if (event.deltaY < 0 && scroller && scroller.scrollTop > 0) this.following = false;
  }

  /** A place in a line is a way into the source. */
  #clicked(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest('.place') : null;
    const [, file = '', line = '', column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(button?.textContent ?? '') ?? [];
    if (button) this.dispatchEvent(showLine(Number(line), column ? Number(column) : null, file));
  }

  #keyPressed(event: KeyboardEvent): void {
    const scroller = this.#scroller;
    if (['ArrowUp', 'PageUp', 'Home'].includes(event.key) && scroller && scroller.scrollTop > 0) this.following = false;
  }

  protected override updated(): void {
    if (this.following) this.#toEnd();
  }

  /** The pane has come to light again: while hidden it could not follow. */
  shown(): void {
    if (this.following) this.#toEnd();
  }

  override render(): TemplateResult {
    return html`
      <div class="tools">
        <select aria-label="Log level" title="How much of the log is shown" @change=${this.#levelChosen}>
          ${levels.map(([value, name]) => html`<option value=${value} ?selected=${value === this.level}>${name}</option>`)}
        </select>
        <button class="plain" @click=${this.clear}>Clear</button>
      </div>
      <div
        class="scroller"
        tabindex="0"
        role="log"
        aria-live="off"
        aria-label="Log"
        @scroll=${this.#scrolled}
        @wheel=${{ handleEvent: (event: WheelEvent) => this.#wheeled(event), passive: true }}
        @keydown=${this.#keyPressed}
        @click=${this.#clicked}
      >
        <div class="lines" data-level=${this.level}></div>
      </div>
      <button class="end" ?hidden=${this.following} @click=${this.#follow}>${downIcon}Newest</button>
    `;
  }

  #follow(): void {
    this.following = true;
    // The button hides itself: the lines take the focus.
    this.focus();
  }

  #levelChosen(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.level = levels.find(([level]) => level === value)?.[0] ?? 'info';
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: relative;
        height: 100%;
      }

      .scroller {
        height: 100%;
        overflow: auto;
        padding: 4px 0;
        font: var(--size-small) / 1.55 var(--mono);
        overscroll-behavior: contain;
      }

      .scroller:focus-visible {
        outline-offset: -2px;
      }

      .chunk {
        contain: content;
      }

      .row {
        display: grid;
        grid-template-columns: 6ch 6ch minmax(0, 1fr);
        column-gap: 8px;
        min-height: 1.55em;
        padding: 0 12px;
        contain: content;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .place {
        display: inline;
        min-height: 0;
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: none;
        color: var(--accent);
        font: inherit;
        text-decoration: underline;
        text-underline-offset: 2px;
      }

      .source,
      .info .level {
        color: var(--text-faint);
      }

      .trace .level {
        color: var(--accent);
      }

      .warn .level,
      .warn .text {
        color: var(--warn);
      }

      .error .level,
      .error .text {
        color: var(--bad);
      }

      [data-level='error'] :is(.warn, .trace, .info),
      [data-level='warn'] :is(.trace, .info),
      [data-level='trace'] .info {
        display: none;
      }

      .tools {
        position: absolute;
        top: calc(-1 * var(--tab-height, 36px));
        right: 6px;
        display: flex;
        gap: 4px;
        align-items: center;
        height: var(--tab-height, 36px);
      }

      .tools select,
      .tools button,
      .end {
        min-height: 26px;
        font-size: var(--size-small);
      }

      .end {
        position: absolute;
        right: 16px;
        bottom: 10px;
        border-color: var(--accent);
        background: var(--surface);
        color: var(--accent);
        box-shadow: 0 2px 8px rgb(0 0 0 / 25%);
      }
    `,
  ];
}

/** Places in a driver as the log names them: `ring.ts:12:5`. Before a colon that opens the line, the file's name may hold spaces. */
const places = /(?:^[^:"]+(?=\.\w+:\d+:\d+: )|[^\s:"'()]+)\.(?:ts|js|mts|mjs):\d+(?::\d+)?/g;

/** A text with its places as buttons; whoever holds them hears the clicks. */
function withPlaces(text: string): (string | HTMLElement)[] {
  const pieces: (string | HTMLElement)[] = [];
  let at = 0;
  for (const { 0: place, index } of text.matchAll(places)) {
    const button = document.createElement('button');
    button.className = 'place';
    button.textContent = place;
    pieces.push(text.slice(at, index), button);
    at = index + place.length;
  }
  return [...pieces, text.slice(at)];
}

/** One line as a row of the list. */
function rowOf(line: LogLine): HTMLElement {
  const row = document.createElement('div');
  row.className = `row ${line.level}`;
  for (const name of ['source', 'level', 'text'] as const) {
    const cell = document.createElement('span');
    cell.className = name;
    if (name === 'text' && line.text.includes(':')) cell.append(...withPlaces(line.text));
    else cell.textContent = line[name];
    row.append(cell);
  }
  return row;
}

customElements.define('vp-log', LogView);
