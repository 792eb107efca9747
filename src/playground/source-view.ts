import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { highlight, type Token } from './highlight.ts';
import { sharedStyles } from './shared-styles.ts';

/** Something to say about a line of the source. */
export interface LineMark {
  /** Counts from 1. */
  readonly line: number;
  /** `hold`: a paused driver stands there. */
  readonly kind: 'finding' | 'error' | 'hold';
  /** Counts from 1; null or missing where the whole line is meant. */
  readonly column?: number | null;
  /** Does it speak of the text as it stands, and not of the text that was booted? Compile errors do. */
  readonly current?: boolean;
  /** Shown on hover and read out. */
  readonly text: string;
}

/**
 * Scrolls `scroller`, and nothing around it, when what lies from `top` on is not well in view: then into the middle, so that
 * the next line does not scroll again.
 */
export function bringInto(scroller: HTMLElement, top: number, height: number): void {
  const { scrollTop, clientHeight } = scroller;
  if (top >= scrollTop + height && top + 2 * height <= scrollTop + clientHeight) return;
  scroller.scrollTop = top - (clientHeight - height) / 2;
}

/** `<vp-source>`: the driver's source, to be read: line numbers, quiet colours, marks on lines. */
export class SourceView extends LitElement {
  static override properties = {
    source: {},
    marks: { attribute: false },
    target: { state: true },
  };
  declare source: string;
  declare marks: readonly LineMark[];
  /** The line last asked for. */
  declare target: number | null;

  #lines: readonly Token[][] = [];

  constructor() {
    super();
    this.source = '';
    this.marks = [];
    this.target = null;
  }

  /** Scrolls `line` (from 1) into the middle of the pane and lights it up. Lines that are not there do nothing. */
  async reveal(line: number): Promise<void> {
    await this.updateComplete;
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-line="${line}"]`);
    const scroller = this.renderRoot.querySelector<HTMLElement>('pre');
    if (!row || !scroller) return;
    this.target = line;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    // Not scrollIntoView, which would scroll the page as well.
    scroller.scrollTo({
      top: row.offsetTop - (scroller.clientHeight - row.offsetHeight) / 2,
      behavior: calm ? 'auto' : 'smooth',
    });
  }

  /** Scrolls as little as it takes to have `line` in view, and not at all when it is. */
  async bringIn(line: number): Promise<void> {
    await this.updateComplete;
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-line="${line}"]`);
    const scroller = this.renderRoot.querySelector<HTMLElement>('pre');
    if (row && scroller) bringInto(scroller, row.offsetTop, row.offsetHeight);
  }

  /** Puts the keyboard focus on the text. */
  override focus(): void {
    this.renderRoot.querySelector('pre')?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('source')) return;
    this.#lines = highlight(this.source.replace(/\n$/, ''));
    this.target = null;
  }

  override render(): TemplateResult {
    const marks = new Map<number, LineMark[]>();
    for (const mark of this.marks) marks.set(mark.line, [...(marks.get(mark.line) ?? []), mark]);
    const digits = String(this.#lines.length).length;
    // No white space between the elements of a pre: it would be text. Style as a property: the page's policy allows no attribute.
    return html`<pre tabindex="0" role="region" aria-label="Driver source" .style=${`--digits: ${digits}`}><code>${this.#lines.map((tokens, index) => this.#line(index + 1, tokens, marks.get(index + 1) ?? []))}</code></pre>`;
  }

  #line(line: number, tokens: readonly Token[], marks: readonly LineMark[]): TemplateResult {
    const kind = (['error', 'finding'] as const).find((name) => marks.some((mark) => mark.kind === name)) ?? '';
    const hold = marks.some((mark) => mark.kind === 'hold') ? 'hold' : '';
    const text = marks.map((mark) => mark.text).join('\n');
    const code = tokens.map(({ kind: token, text: piece }) =>
      token === 'plain' ? piece : html`<span class=${`token-${token}`}>${piece}</span>`,
    );
    return html`<span class="line ${kind} ${hold} ${line === this.target ? 'target' : ''}" data-line=${line} title=${text}><span class="number" aria-hidden="true">${line}</span>${marks.length > 0 ? html`<span class="hidden-text">${text}</span>` : ''}${code}${'\n'}</span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        min-height: 0;
        overflow: hidden;
      }

      pre {
        position: relative;
        height: 100%;
        margin: 0;
        overflow: auto;
        padding: 6px 0;
        font: var(--size-code) / 1.5 var(--mono);
        tab-size: 2;
      }

      pre:focus-visible {
        outline-offset: -2px;
      }

      code {
        display: inline-block;
        min-width: 100%;
      }

      .line {
        display: block;
        padding-right: 16px;
        border-left: 3px solid transparent;
      }

      .number {
        display: inline-block;
        width: calc(var(--digits) * 1ch + 25px);
        padding-right: 14px;
        color: var(--text-faint);
        font-variant-numeric: tabular-nums;
        text-align: right;
        user-select: none;
      }

      .finding {
        border-left-color: var(--warn);
        background: var(--warn-wash);
      }

      .error {
        border-left-color: var(--bad);
        background: var(--bad-wash);
      }

      .finding .number {
        color: var(--warn);
      }

      .error .number {
        color: var(--bad);
      }

      .hold {
        background: var(--hold-wash);
      }

      .hold .number {
        color: var(--accent);
        font-weight: 700;
      }

      .target {
        box-shadow:
          inset 0 1px var(--accent),
          inset 0 -1px var(--accent);
      }

      .token-comment {
        color: var(--code-comment);
      }

      .token-string {
        color: var(--code-string);
      }

      .token-number {
        color: var(--code-number);
      }

      .token-keyword {
        color: var(--code-keyword);
      }

      .token-port {
        color: var(--code-port);
      }

      .token-constant {
        color: var(--code-constant);
      }
    `,
  ];
}

customElements.define('vp-source', SourceView);
