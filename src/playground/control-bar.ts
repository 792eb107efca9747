import { css, html, LitElement, type TemplateResult } from 'lit';
import { type BootChoice, defaultChoice } from './boot-choice.ts';
import { pauseIcon, restartIcon, resumeIcon, runIcon, stepIcon, stepOutIcon, stopIcon } from './icons.ts';
import { sharedStyles, unseen } from './shared-styles.ts';
import { ariaKeysOf, capsOf, type ShortcutAction } from './shortcuts.ts';

/** The screen sizes on offer; the nearest mode that the driver has is set. */
export const resolutions = [
  [640, 480],
  [800, 600],
  [1024, 768],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const satisfies readonly (readonly [number, number])[];

const engines = [
  ['auto', 'Auto'],
  ['webgpu', 'WebGPU'],
  ['software', 'Software'],
] as const satisfies readonly (readonly [BootChoice['engine'], string])[];

/** Fired by the buttons: `detail` is what was asked for. */
export type ControlEvent = CustomEvent<'run' | 'stop' | 'restart' | 'pause' | 'step' | 'step-out'>;
/** Fired by the lists: `detail` is the whole choice for the next boot. */
export type ChoiceEvent = CustomEvent<BootChoice>;

/**
 * `<vp-controls>`: Run, Stop, Restart, Pause and the steps, and what the next boot is to use. Buttons that cannot be used now
 * are `aria-disabled` instead of `disabled`, so that the focus stays on the button that was just pressed.
 */
export class ControlBar extends LitElement {
  static override properties = {
    canRun: { type: Boolean },
    canStop: { type: Boolean },
    canRestart: { type: Boolean },
    canPause: { type: Boolean },
    canStep: { type: Boolean },
    canStepOut: { type: Boolean },
    paused: { type: Boolean },
    choice: { attribute: false },
    pending: { type: Boolean },
  };
  declare canRun: boolean;
  declare canStop: boolean;
  declare canRestart: boolean;
  declare canPause: boolean;
  declare canStep: boolean;
  declare canStepOut: boolean;
  /** Does Pause mean Resume now? */
  declare paused: boolean;
  declare choice: BootChoice;
  /** Does the choice differ from what the present machine was booted with? */
  declare pending: boolean;

  constructor() {
    super();
    this.canRun = false;
    this.canStop = false;
    this.canRestart = false;
    this.canPause = false;
    this.canStep = false;
    this.canStepOut = false;
    this.paused = false;
    this.choice = defaultChoice;
    this.pending = false;
  }

  override render(): TemplateResult {
    const { width, height } = this.choice;
    return html`
      <div class="buttons" role="group" aria-label="Machine">
        ${this.#button('run', 'Run', runIcon, this.canRun)} ${this.#button('stop', 'Stop', stopIcon, this.canStop)}
        ${this.#button('restart', 'Restart', restartIcon, this.canRestart)}
        ${this.paused ? this.#icon('pause', 'Resume', resumeIcon, this.canPause) : this.#icon('pause', 'Pause', pauseIcon, this.canPause)}
        ${this.#icon('step', this.canStop ? 'Step to the next call' : 'Run to the driver’s first call', stepIcon, this.canStep)}
        ${this.#icon('step-out', 'Step out of the callback', stepOutIcon, this.canStepOut)}
      </div>
      <div class="choices" role="group" aria-label="Next boot">
        <select aria-label="Resolution" aria-describedby="when" title="Resolution, from the next boot on" @change=${this.#resolutionChosen}>
          ${this.#sizes.map(([w, h]) => html`<option value=${`${w}x${h}`} ?selected=${w === width && h === height}>${w}×${h}</option>`)}
        </select>
        <select aria-label="Engine" aria-describedby="when" title="Engine, from the next boot on" @change=${this.#engineChosen}>
          ${engines.map(([value, name]) => html`<option value=${value} ?selected=${value === this.choice.engine}>${name}</option>`)}
        </select>
        <label class="check" title="Driver Verifier’s rules, from the next boot on">
          <input type="checkbox" aria-describedby="when" .checked=${this.choice.verifier} @change=${this.#verifierChosen} />Verifier
        </label>
        <span id="when" class="hidden-text">${this.pending ? 'changed: Restart applies it' : 'applied at the next boot'}</span>
      </div>
    `;
  }

  #button(
    action: ShortcutAction & ControlEvent['detail'],
    name: string,
    icon: TemplateResult,
    enabled: boolean,
  ): TemplateResult {
    return html`<button
      data-action=${action}
      class=${action === 'restart' && this.pending ? 'restart pending' : action}
      aria-disabled=${enabled ? 'false' : 'true'}
      aria-keyshortcuts=${ariaKeysOf(action)}
      title=${`${name}${action === 'restart' && this.pending ? ' with the new resolution or engine' : ''} (${capsOf(action).join('+')})`}
      @click=${() => {
        if (enabled) this.dispatchEvent(new CustomEvent('control', { detail: action }));
      }}
    >${icon}<span class="name">${name}</span><kbd aria-hidden="true">${capsOf(action).join('\u2009')}</kbd></button>`;
  }

  /** A button without a text. It is the same one whatever it is called, so that the focus stays on it. */
  #icon(
    action: ShortcutAction & ControlEvent['detail'],
    name: string,
    icon: TemplateResult,
    enabled: boolean,
  ): TemplateResult {
    return html`<button
      data-action=${action}
      class="icon"
      aria-disabled=${enabled ? 'false' : 'true'}
      aria-label=${name}
      aria-keyshortcuts=${ariaKeysOf(action)}
      title=${`${name} (${capsOf(action).join('+')})`}
      @click=${() => {
        if (enabled) this.dispatchEvent(new CustomEvent('control', { detail: action }));
      }}
    >${icon}</button>`;
  }

  #resolutionChosen(event: Event): void {
    const [width = 640, height = 480] = (event.target as HTMLSelectElement).value.split('x').map(Number);
    this.#choose({ ...this.choice, width, height });
  }

  /** A link can ask for a size that is not on the list. */
  get #sizes(): readonly (readonly [number, number])[] {
    const { width, height } = this.choice;
    return resolutions.some(([w, h]) => w === width && h === height) ? resolutions : [...resolutions, [width, height]];
  }

  #verifierChosen(event: Event): void {
    this.#choose({ ...this.choice, verifier: (event.target as HTMLInputElement).checked });
  }

  #engineChosen(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.#choose({ ...this.choice, engine: value === 'webgpu' || value === 'software' ? value : 'auto' });
  }

  #choose(choice: BootChoice): void {
    this.dispatchEvent(new CustomEvent('choice', { detail: choice }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap);
        justify-content: space-between;
        container: bar / inline-size;
      }

      .buttons,
      .choices {
        display: flex;
        gap: 6px;
        align-items: center;
      }

      /* Before an audience nothing is chosen. */
      :host([bare]) .choices {
        display: none;
      }

      .run:not([aria-disabled='true']) {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }

      .run:not([aria-disabled='true']):hover {
        background: color-mix(in srgb, var(--accent) 85%, var(--text));
      }

      select {
        padding: 0 6px;
        font-family: var(--mono);
        font-size: var(--size-small);
      }

      .check {
        display: flex;
        gap: 5px;
        align-items: center;
        min-height: var(--control);
        font-size: var(--size-small);
        white-space: nowrap;
      }

      .check input {
        margin: 0;
        accent-color: var(--accent);
      }

      /* What was chosen differs from what runs: this button makes it so. */
      .pending {
        border-color: var(--accent);
        background: var(--accent-wash);
        color: var(--accent);
      }

      .icon {
        justify-content: center;
        width: var(--control);
        padding: 0;
      }

      @container bar (width < 760px) {
        kbd {
          display: none;
        }
      }

      /* As wide as their longest choice: what is chosen must not break the line. */
      [aria-label='Resolution'] {
        min-width: calc(9ch + 30px);
      }

      [aria-label='Engine'] {
        min-width: calc(8ch + 30px);
      }

      /* All in one line as long as it goes: the icons say it, too. */
      @container bar ((width < 640px) and (width >= 482px)) or (width < 330px) {
        :is(.stop, .restart) .name {
          ${unseen}
        }
      }

      @container bar (width < 516px) and (width >= 482px) {
        .run .name {
          ${unseen}
        }
      }

      @container bar (width < 560px) and (width >= 482px) {
        .buttons,
        .choices {
          gap: 4px;
        }
      }

      @container bar (width < 380px) {
        .buttons {
          gap: 4px;
        }

        .buttons button:not(.icon) {
          gap: 5px;
          padding: 0 8px;
        }
      }
    `,
  ];
}

customElements.define('vp-controls', ControlBar);
