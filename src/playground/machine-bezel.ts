import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Hold } from '../machine/machine-types.ts';
import type { ActivityLights } from './activity-lights.ts';
import type { Phase } from './phase.ts';
import type { Rates } from './rate-meter.ts';
import type { Session } from './session.ts';
import { sharedStyles } from './shared-styles.ts';
import { spokenHold } from './stepper.ts';
import './activity-lights.ts';
import './engine-badge.ts';
import './hold-strip.ts';

const phaseNames: Readonly<Record<Phase, string>> = {
  checking: 'Checking the browser',
  unsupported: 'Cannot run here',
  idle: 'Ready',
  starting: 'Starting',
  rejected: 'Not booted',
  booting: 'Booting',
  running: 'Running',
  paused: 'Paused',
  stopped: 'Stopped',
  failed: 'Driver failed',
  crashed: 'Crashed',
};

/** While the visitor waits for a machine. */
const bootingPhases: ReadonlySet<Phase> = new Set<Phase>(['checking', 'starting', 'booting']);

/** What the bezel tells of a session. */
type Told = Pick<Session, 'phase' | 'bugCheck' | 'mode' | 'engine' | 'support'> & { readonly hold: Hold | null };

/**
 * `<vp-bezel>`: the strip below the monitor: the machine's state, mode, engine and lights; while it is paused, the call that it is
 * held before. What is put into it stands at its end.
 */
export class MachineBezel extends LitElement {
  static override properties = { told: { attribute: false }, linked: { type: Boolean } };
  declare told: Told | null;
  /** Is there a source to show places in? */
  declare linked: boolean;

  constructor() {
    super();
    this.told = null;
    this.linked = false;
  }

  /** By how much the counters grew; null when there is no machine or no second report yet. Not before the first update. */
  set change(change: Rates | null) {
    const lights = this.renderRoot.querySelector<ActivityLights>('vp-lights');
    if (lights) lights.change = change;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.told) return nothing;
    const { phase, bugCheck, mode, engine, support, hold } = this.told;
    const paused = phase === 'paused';
    const reason = bugCheck ? `: ${bugCheck.name}` : paused ? spokenHold(hold) : '';
    return html`<div class="bezel">
      ${bootingPhases.has(phase) ? html`<div class="progress" role="progressbar" aria-label=${phaseNames[phase]}></div>` : nothing}
      <span class="state ${phase}"><i aria-hidden="true"></i><span role="status" aria-live="polite">${phaseNames[phase]}<span class="hidden-text">${reason}</span></span></span>
      <vp-hold .hold=${hold} ?linked=${this.linked} ?hidden=${!paused}></vp-hold>
      <span class="mode mono" title="The mode that is set" ?hidden=${paused}>${mode ? `${mode.width}×${mode.height}` : ''}</span>
      <vp-engine .engine=${engine} .support=${support} ?hidden=${paused}></vp-engine>
      <vp-lights ?hidden=${paused}></vp-lights>
      <slot></slot>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      /* Not the case around it: the monitor is a container too, and Chromium forgets to draw one within another that moves. */
      :host {
        flex: none;
        container: bezel / inline-size;
      }

      .bezel {
        position: relative;
        display: flex;
        gap: 12px;
        align-items: center;
        height: var(--bezel-height);
        padding: 0 10px;
        overflow: hidden;
        border-top: 1px solid var(--bezel-edge);
        background: linear-gradient(#222934, var(--bezel));
        color: var(--bezel-text);
        font-size: var(--size-small);
      }

      :focus-visible {
        outline-color: var(--light-read);
      }

      .state {
        display: inline-flex;
        flex: none;
        gap: 7px;
        align-items: center;
        min-width: 82px;
        color: var(--bezel-bright);
        font-weight: 600;
        white-space: nowrap;
      }

      .state i {
        width: max(8px, 0.7em);
        height: max(8px, 0.7em);
        border-radius: 50%;
        background: #6b7686;
        forced-color-adjust: none;
      }

      .state.running i {
        background: #4ddc97;
      }

      .state:is(.starting, .booting, .checking, .paused) i {
        background: #f5c451;
      }

      .state:is(.crashed, .failed, .rejected, .unsupported) i {
        background: #ff6b62;
      }

      .mode {
        flex: none;
        min-width: 9ch;
      }

      vp-engine {
        flex: 1;
        display: flex;
      }

      vp-lights {
        flex: none;
      }

      /* Stands in for mode, engine and lights while the driver is paused: nothing moves. */
      vp-hold {
        flex: 1;
      }

      :host([extent='monitor']) :is(.mode, vp-engine) {
        display: none;
      }

      @media (width < 560px) {
        :host([extent='monitor']) vp-lights {
          display: none;
        }
      }

      @container bezel (width < 600px) {
        .bezel {
          gap: 8px;
        }
      }

      /* A narrow monitor: the lights get a line of their own. */
      @container bezel (width < 480px) {
        :host(:not([extent='monitor'])) .bezel {
          flex-wrap: wrap;
          gap: 0 8px;
          height: calc(var(--bezel-height) * 2);
        }

        .state {
          flex: 1;
        }

        :host(:not([extent='monitor'])) vp-hold {
          flex-basis: 100%;
        }
      }
    `,
  ];
}

customElements.define('vp-bezel', MachineBezel);
