import { css, html, LitElement, type TemplateResult } from 'lit';
import { type Figure, formatByteRate, formatCount, formatRate } from './format.ts';
import type { RateMeter, Rates } from './rate-meter.ts';
import { sharedStyles } from './shared-styles.ts';
import { sparklinePath } from './sparkline.ts';

interface Gauge {
  readonly counter: keyof Rates;
  readonly name: string;
  readonly format: (perSecond: number) => Figure;
  readonly text: string;
}

const gauges: readonly Gauge[] = [
  { counter: 'frames', name: 'Frames', format: formatRate, text: 'Different pictures put on the screen per second' },
  {
    counter: 'dmaReadBytes',
    name: 'DMA read',
    format: formatByteRate,
    text: 'Bytes per second that the device read out of memory',
  },
  {
    counter: 'dmaWriteBytes',
    name: 'DMA write',
    format: formatByteRate,
    text: 'Bytes per second that the device wrote into memory',
  },
  {
    counter: 'calls',
    name: 'Port calls',
    format: formatRate,
    text: 'VideoPort functions called by the driver per second',
  },
  {
    counter: 'interrupts',
    name: 'Interrupts',
    format: formatRate,
    text: 'Interrupts delivered to the driver per second',
  },
  {
    counter: 'doorbells',
    name: 'Doorbells',
    format: formatRate,
    text: 'Times per second that the driver told the device of new work',
  },
  {
    counter: 'fences',
    name: 'Fences',
    format: formatRate,
    text: 'Fences per second that the device passed: work completed',
  },
  { counter: 'dpcs', name: 'DPCs', format: formatRate, text: 'Deferred procedure calls run per second' },
];

/** How many reports a curve holds: 15 seconds at four a second. */
const historyLength = 60;

/** Curves of a machine that has just booted fill their place from so many reports on: two seconds. */
const shortestHistory = 8;

/** `<vp-stats>`: what the machine does per second, measured, each figure with the curve since boot, at most of the last 15 seconds. */
export class StatsPanel extends LitElement {
  static override properties = { meter: { attribute: false }, live: { type: Boolean } };
  /** The figures. The panel does not watch it: {@link take} says that there are new ones. */
  declare meter: RateMeter | null;

  /** Does a machine run? The figures of one that has ended are no rates any more. */
  declare live: boolean;

  readonly #history = new Map<keyof Rates, number[]>();

  constructor() {
    super();
    this.meter = null;
    this.live = false;
  }

  /** The meter has taken a report, or was reset. */
  take(): void {
    const rates = this.meter?.rates;
    if (!this.meter?.totals) this.#history.clear();
    if (rates) {
      for (const { counter } of gauges) {
        const values = this.#history.get(counter) ?? [];
        values.push(rates[counter]);
        if (values.length > historyLength) values.shift();
        this.#history.set(counter, values);
      }
    }
    this.requestUpdate();
  }

  override render(): TemplateResult {
    return html`<dl>${gauges.map((gauge) => this.#gauge(gauge))}</dl>`;
  }

  #gauge({ counter, name, format, text }: Gauge): TemplateResult {
    const rates = this.live ? this.meter?.rates : null;
    const total = this.meter?.totals?.[counter];
    const values = this.#history.get(counter) ?? [];
    const figure = rates ? format(rates[counter]) : { value: '–', unit: '' };
    const title = `${text}, measured over the last second.${total === undefined ? '' : ` Since boot: ${formatCount(total)}${counter.startsWith('dma') ? ' bytes' : ''}.`}`;
    return html`<div title=${title} data-counter=${counter}>
      <dt>${name}</dt>
      <dd><svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true"><path d=${sparklinePath(values, Math.max(shortestHistory, values.length), 100, 19)} /></svg><span class="value">${figure.value}</span><span class="unit">${figure.unit}</span></dd>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        container: stats / inline-size;
      }

      dl {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
        gap: 1px;
        min-height: var(--stats-height);
        height: 100%;
        margin: 0;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--line);
      }

      div {
        position: relative;
        isolation: isolate;
        display: flex;
        flex-direction: column;
        justify-content: center;
        padding: 0 10px;
        background: var(--surface);
      }

      dt {
        color: var(--text-quiet);
        font-size: var(--size-small);
        line-height: 1.3;
      }

      dd {
        display: flex;
        align-items: baseline;
        gap: 4px;
        margin: 0;
        font: 600 calc(var(--size) + 2px) / 1.25 var(--mono);
        font-variant-numeric: tabular-nums;
      }

      .value {
        min-width: 4ch;
      }

      .unit {
        color: var(--text-quiet);
        font-weight: 400;
        font-size: var(--size-tiny);
      }

      svg {
        position: absolute;
        z-index: -1;
        right: 0;
        bottom: 0;
        width: 40%;
        height: 62%;
      }

      path {
        fill: none;
        stroke: color-mix(in srgb, var(--accent) 45%, transparent);
        stroke-width: 1.25;
        vector-effect: non-scaling-stroke;
      }

      @container stats (width < 600px) {
        dl {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          min-height: calc(var(--stats-height) * 1.8);
        }
      }
    `,
  ];
}

customElements.define('vp-stats', StatsPanel);
