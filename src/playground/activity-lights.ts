import { css, html, LitElement, type TemplateResult } from 'lit';
import type { Rates } from './rate-meter.ts';
import { sharedStyles } from './shared-styles.ts';

const lights = [
  {
    counter: 'doorbells',
    name: 'Doorbell',
    caption: 'BELL',
    colour: 'var(--light-doorbell)',
    text: 'the driver rang the device',
  },
  {
    counter: 'dmaReadBytes',
    name: 'DMA read',
    caption: 'DMA RD',
    colour: 'var(--light-read)',
    text: 'the device read memory',
  },
  {
    counter: 'dmaWriteBytes',
    name: 'DMA write',
    caption: 'DMA WR',
    colour: 'var(--light-write)',
    text: 'the device wrote memory',
  },
  {
    counter: 'interrupts',
    name: 'Interrupt',
    caption: 'IRQ',
    colour: 'var(--light-interrupt)',
    text: 'the device interrupted the processor',
  },
] as const;

/** How long a flash takes to die down, in milliseconds: a little less than the time between two reports. */
const flashMs = 220;

/**
 * `<vp-lights>`: four lights as on a board. A light is on when its counter grew between the last two reports, and flashes
 * when it grew again; where reduced motion is asked for it just stays on.
 */
export class ActivityLights extends LitElement {
  static override properties = { change: { attribute: false, hasChanged: () => true } };
  /** By how much the counters grew; null when there is no machine or no second report yet. */
  declare change: Rates | null;

  constructor() {
    super();
    this.change = null;
  }

  protected override updated(): void {
    if (!this.change || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const lamp of this.renderRoot.querySelectorAll('.on i')) {
      lamp.animate([{ opacity: 1 }, { opacity: 0.45 }], { duration: flashMs, easing: 'ease-out' });
    }
  }

  override render(): TemplateResult {
    return html`${lights.map(({ counter, name, caption, colour, text }) => {
      const on = (this.change?.[counter] ?? 0) > 0;
      const title = `${name}: lit when ${text} in the last quarter of a second`;
      return html`<span class="light ${on ? 'on' : ''}" data-light=${counter} role="img" aria-label=${`${name}: ${on ? 'active' : 'idle'}`} title=${title} .style=${`--colour: ${colour}`}><i></i>${caption}</span>`;
    })}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        gap: 12px;
      }

      .light {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        color: var(--bezel-text);
        font: 600 var(--size-tiny) / 1 var(--mono);
        letter-spacing: 0.04em;
        white-space: nowrap;
      }

      i {
        width: max(8px, 0.76em);
        height: max(8px, 0.76em);
        border-radius: 50%;
        background: color-mix(in srgb, var(--colour) 18%, #0b0e12);
        box-shadow: inset 0 0 0 1px rgb(255 255 255 / 9%);
        forced-color-adjust: none;
      }

      .on i {
        background: var(--colour);
        box-shadow: 0 0 7px color-mix(in srgb, var(--colour) 70%, transparent);
      }

      @container bezel (width < 600px) {
        :host {
          gap: 8px;
        }
      }
    `,
  ];
}

customElements.define('vp-lights', ActivityLights);
