import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { FindingGroup } from './finding-groups.ts';
import { formatCount } from './format.ts';
import type { LogLine, LogView } from './log-view.ts';
import { sharedStyles } from './shared-styles.ts';
import './findings-list.ts';
import './log-view.ts';

/** What the machine says is of two kinds. */
export type Output = 'findings' | 'log';

/**
 * `<vp-output>`: findings and log, side by side where there is room for both, else one at a time behind tabs. The first finding brings
 * its list to light, unless the visitor has chosen what to look at.
 */
export class OutputPane extends LitElement {
  static override properties = {
    groups: { attribute: false },
    total: { type: Number },
    ran: { type: Boolean },
    stopped: { type: Boolean },
    both: { type: Boolean, reflect: true },
    tab: { state: true },
  };
  declare groups: readonly FindingGroup[];
  /** How many findings there are in all. */
  declare total: number;
  /** Has a machine run? */
  declare ran: boolean;
  /** Did a bug check end it? */
  declare stopped: boolean;
  /** Are both to be seen at once? */
  declare both: boolean;
  declare tab: Output;

  /** Has somebody chosen the tab? */
  #chosen = false;

  constructor() {
    super();
    this.groups = [];
    this.total = 0;
    this.ran = false;
    this.stopped = false;
    this.both = false;
    this.tab = 'log';
  }

  /** What somebody has chosen to see, for a link. */
  get chosen(): readonly Output[] {
    return this.#chosen ? [this.tab] : [];
  }

  /** Brings one to light, because somebody asked for it. */
  choose(tab: Output): void {
    this.tab = tab;
    this.#chosen = true;
  }

  /** The same, and the keyboard focus goes there. */
  async reach(tab: Output): Promise<void> {
    this.choose(tab);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  }

  /** Adds a line to the log. Not before the first update. */
  log(line: LogLine): void {
    this.#log?.add(line);
  }

  get #log(): LogView | null {
    return this.renderRoot.querySelector<LogView>('vp-log');
  }

  protected override willUpdate(): void {
    if (this.groups.length > 0 && !this.#chosen) this.tab = 'findings';
  }

  protected override updated(changed: PropertyValues): void {
    if ((changed.has('tab') && this.tab === 'log') || changed.has('both')) this.#log?.shown();
  }

  /** Arrow keys go from tab to tab, as lists of tabs do. */
  #keyPressed(event: KeyboardEvent): void {
    if (this.both || !['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const other = this.tab === 'log' ? 'findings' : 'log';
    void this.reach(event.key === 'Home' ? 'findings' : event.key === 'End' ? 'log' : other);
  }

  override render(): TemplateResult {
    const { total } = this;
    const findings = html`Findings<span class="count mono ${total > 0 ? 'some' : ''}">${formatCount(total)}</span>`;
    return html`<section class="pane" aria-label="Output">
      ${
        this.both
          ? html`<div class="title">${this.#heading('findings', findings)}${this.#heading('log', 'Log')}</div>`
          : html`<div class="title" role="tablist" aria-label="Output" @keydown=${this.#keyPressed}>
              ${this.#tabButton('findings', findings)}${this.#tabButton('log', 'Log')}
            </div>`
      }
      <div class="panels">
        ${this.#panel('findings', html`<vp-findings .groups=${this.groups} .ran=${this.ran} .stopped=${this.stopped}></vp-findings>`)}
        ${this.#panel('log', html`<vp-log></vp-log>`)}
      </div>
    </section>`;
  }

  #heading(tab: Output, content: TemplateResult | string): TemplateResult {
    return html`<h2 id=${`tab-${tab}`} tabindex="-1">${content}</h2>`;
  }

  #tabButton(tab: Output, content: TemplateResult | string): TemplateResult {
    const selected = this.tab === tab;
    return html`<button id=${`tab-${tab}`} class="tab" role="tab" aria-selected=${selected ? 'true' : 'false'} aria-controls=${`panel-${tab}`} tabindex=${selected ? 0 : -1} @click=${() => this.choose(tab)}>${content}</button>`;
  }

  #panel(tab: Output, content: TemplateResult): TemplateResult {
    const role = this.both ? 'region' : 'tabpanel';
    return html`<div class="panel" id=${`panel-${tab}`} role=${role} aria-labelledby=${`tab-${tab}`} ?hidden=${!this.both && this.tab !== tab}>${content}</div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        min-height: 0;
      }

      .pane {
        height: 100%;
      }

      .title {
        display: flex;
        flex: none;
        gap: 2px;
        align-items: center;
        height: var(--tab-height);
        padding: 0 6px;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }

      .tab {
        height: 100%;
        min-height: 0;
        border: 0;
        border-radius: 0;
        background: none;
        color: var(--text-quiet);
        font-weight: 550;
        box-shadow: inset 0 -2px transparent;
      }

      .tab:focus-visible {
        outline-offset: -3px;
      }

      .tab[aria-selected='true'] {
        color: var(--text);
        box-shadow: inset 0 -2px var(--accent);
      }

      h2 {
        display: flex;
        gap: 7px;
        align-items: center;
        margin: 0;
        padding: 0 6px;
        font-size: var(--size);
        font-weight: 600;
      }

      .count {
        min-width: 20px;
        padding: 0 5px;
        border-radius: 9px;
        background: var(--hover);
        font-size: var(--size-tiny);
        line-height: 17px;
        text-align: center;
      }

      .count.some {
        background: var(--warn-wash);
        color: var(--warn);
        box-shadow: inset 0 0 0 1px currentcolor;
      }

      .panels {
        flex: 1;
        min-height: 0;
      }

      .panel {
        height: 100%;
        min-width: 0;
        min-height: 0;
      }

      :host([both]) :is(.title, .panels) {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
      }

      :host([both]) .panel + .panel {
        border-left: 1px solid var(--line);
      }

      /* One below the other, each as high as the pane; the log's heading goes along. */
      @media (width < 960px) {
        :host([both]) .title {
          display: contents;
        }

        :host([both]) .panels {
          display: contents;
        }

        :host([both]) .pane {
          display: grid;
          grid-template: var(--tab-height) minmax(0, 2fr) var(--tab-height) minmax(0, 3fr) / minmax(0, 1fr);
        }

        :host([both]) h2 {
          padding: 0 12px;
          border-bottom: 1px solid var(--line);
          background: var(--raised);
        }

        :host([both]) #tab-findings {
          grid-row: 1;
        }

        :host([both]) #panel-findings {
          grid-row: 2;
        }

        :host([both]) #tab-log {
          grid-row: 3;
        }

        :host([both]) #panel-log {
          grid-row: 4;
          border: 0;
        }
      }
    `,
  ];
}

customElements.define('vp-output', OutputPane);
