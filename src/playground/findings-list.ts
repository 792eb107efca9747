import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { FindingGroup } from './finding-groups.ts';
import { formatCount, formatPlace } from './format.ts';
import { showLine } from './monitor-view.ts';
import { sharedStyles } from './shared-styles.ts';

/** Callers that are shown of each finding. */
const SHOWN_CALLERS = 3;

/** `<vp-findings>`: broken rules, each with its code, its sentence and its place, which is a way into the source. */
export class FindingsList extends LitElement {
  static override properties = { groups: { attribute: false }, ran: { type: Boolean }, stopped: { type: Boolean } };
  declare groups: readonly FindingGroup[];
  /** Has a machine run? Then an empty list is good news. */
  declare ran: boolean;
  /** Did a bug check end it? Then it is none. */
  declare stopped: boolean;

  constructor() {
    super();
    this.groups = [];
    this.ran = false;
    this.stopped = false;
  }

  override render(): TemplateResult {
    if (this.groups.length === 0) {
      return html`<p class="empty">${
        this.ran
          ? this.stopped
            ? 'No findings: no rule was broken before the stop screen, which says what happened.'
            : 'No findings: the driver has broken no rule so far.'
          : 'Rules that the driver breaks will be listed here, each with the line that broke it.'
      }</p>`;
    }
    return html`<ul>${repeat(
      this.groups,
      (group) => group.key,
      (group) => html`<li>${this.#row(group)}${this.#callers(group.finding.callers)}</li>`,
    )}</ul>`;
  }

  #row({ finding, count }: FindingGroup): TemplateResult {
    const { line, column, file } = finding;
    const place = formatPlace(finding);
    const title = `${finding.rule}; parameters ${finding.parameters.join(', ')}`;
    const content = html`<span class="code mono">${finding.code}</span>
      <span class="message">${finding.message}${count > 1 ? html` <span class="count mono">×${formatCount(count)}</span>` : nothing}</span>
      <span class="place mono">${place ?? 'no line'}</span>`;
    return line === null
      ? html`<div class="row" title=${title}>${content}</div>`
      : html`<button class="row" title=${title} @click=${() => this.dispatchEvent(showLine(line, column, file))}>${content}</button>`;
  }

  /** The way there, innermost first: the place itself is often a helper that everything goes through. */
  #callers(callers: readonly string[]): TemplateResult | typeof nothing {
    if (callers.length === 0) return nothing;
    const links = callers.slice(0, SHOWN_CALLERS).map((place) => {
      const [, file = '', line = '', column = ''] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
      return html`<button class="mono" @click=${() => this.dispatchEvent(showLine(Number(line), Number(column), file))}>${place}</button>`;
    });
    return html`<p class="callers">called from ${links}</p>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        height: 100%;
        overflow: auto;
        container: findings / inline-size;
      }

      .empty {
        margin: 0;
        padding: 14px;
        color: var(--text-quiet);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li + li {
        border-top: 1px solid var(--line);
      }

      .callers {
        margin: 0;
        padding: 0 12px 7px calc(12px + 11ch + 10px);
        color: var(--text-quiet);
        font-size: var(--size-small);
      }

      .callers button {
        padding: 2px 6px;
        border: 0;
        background: transparent;
        color: var(--accent);
        font-size: inherit;
      }

      .row {
        display: grid;
        grid-template-columns: 11ch minmax(0, 1fr) auto;
        gap: 10px;
        align-items: baseline;
        width: 100%;
        padding: 7px 12px;
        border: 0;
        border-radius: 0;
        background: transparent;
        text-align: left;
        white-space: normal;
      }

      button.row:hover {
        background: var(--hover);
      }

      .row:focus-visible {
        outline-offset: -2px;
      }

      .code {
        color: var(--warn);
        font-size: var(--size-small);
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      .message {
        overflow-wrap: anywhere;
      }

      .count {
        color: var(--text-quiet);
        font-size: var(--size-small);
      }

      .place {
        color: var(--text-quiet);
        font-size: var(--size-small);
      }

      button .place {
        color: var(--accent);
      }

      @container findings (width < 520px) {
        .row {
          grid-template-columns: 1fr auto;
        }

        .message {
          grid-row: 2;
          grid-column: 1 / -1;
        }

        .callers {
          padding-left: 12px;
        }
      }
    `,
  ];
}

customElements.define('vp-findings', FindingsList);
