import { css, html, LitElement, type TemplateResult } from 'lit';
import { driversIcon, keyboardIcon, lessonsIcon, logo, moonIcon, shareIcon, sunIcon } from './icons.ts';
import type { Layout } from './layout.ts';
import type { LayoutEvent } from './layout-switch.ts';
import { sharedStyles, unseen } from './shared-styles.ts';
import { ariaKeysOf, capsOf, type ShortcutAction } from './shortcuts.ts';
import type { Theme } from './theme.ts';
import './layout-switch.ts';

/** Fired when something is asked for that a shortcut does as well: `detail` is what. */
export type ActionEvent = CustomEvent<ShortcutAction>;

/** `<vp-header>`: what the page is, the switch between its layouts, and the ways to drivers, lessons, links, keys and the other theme. */
export class PageHeader extends LitElement {
  static override properties = { layout: {}, theme: {}, teaching: { type: Boolean } };
  declare layout: Layout;
  declare theme: Theme;
  /** Is a lesson, or the list of them, to be seen? */
  declare teaching: boolean;

  constructor() {
    super();
    this.layout = 'debug';
    this.theme = 'dark';
    this.teaching = false;
  }

  /** Focuses the button that opens and closes the lessons. */
  focusLessons(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-lessons]')?.focus();
  }

  #ask(action: ShortcutAction): void {
    this.dispatchEvent(new CustomEvent('action', { detail: action }));
  }

  override render(): TemplateResult {
    const other = this.theme === 'dark' ? 'light' : 'dark';
    return html`<header>
      ${logo}
      <h1>videoport</h1>
      <p>A Windows video port driver (videoprt.sys, XP/2003 model) running in your browser.</p>
      <vp-layouts .layout=${this.layout} @layout-chosen=${({ detail }: LayoutEvent) => this.#ask(detail)}></vp-layouts>
      <div class="buttons">
        <button class="plain" aria-label="Drivers" aria-keyshortcuts=${ariaKeysOf('drivers')} title="Shipped drivers and your own (${capsOf('drivers')})" @click=${() => this.#ask('drivers')}>${driversIcon}<span class="label">Drivers</span></button>
        <button class="plain" data-lessons aria-label="Lessons" aria-expanded=${this.teaching ? 'true' : 'false'} aria-keyshortcuts=${ariaKeysOf('lessons')} title="Lessons: from the first common buffer to a whole driver (${capsOf('lessons')})" @click=${() => this.#ask('lessons')}>${lessonsIcon}<span class="label">Lessons</span></button>
        <button class="plain" aria-label="Share" aria-keyshortcuts=${ariaKeysOf('share')} title="Share what is open (${capsOf('share')})" @click=${() => this.#ask('share')}>${shareIcon}<span class="label">Share</span></button>
        <button class="plain icon" aria-label="Keyboard shortcuts" aria-keyshortcuts="?" title="Keyboard shortcuts (?)" @click=${() => this.#ask('help')}>${keyboardIcon}</button>
        <button class="plain icon" aria-label=${`Use the ${other} theme`} aria-keyshortcuts=${ariaKeysOf('theme')} title=${`Use the ${other} theme (${capsOf('theme')})`} @click=${() => this.#ask('theme')}>${this.theme === 'dark' ? sunIcon : moonIcon}</button>
      </div>
    </header>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        flex: none;
      }

      header {
        display: flex;
        gap: 10px;
        align-items: center;
        height: var(--header);
        padding: 0 var(--edge);
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }

      .logo {
        flex: none;
        width: 24px;
        height: 24px;
      }

      h1 {
        margin: 0;
        font: 650 16px / 1 var(--mono);
        letter-spacing: -0.02em;
      }

      p {
        flex: 1;
        min-width: 0;
        margin: 0;
        overflow: hidden;
        color: var(--text-quiet);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .buttons {
        display: flex;
        flex: none;
        gap: 4px;
      }

      .icon {
        justify-content: center;
        width: var(--control);
        padding: 0;
      }

      @media (width < 720px) {
        header {
          gap: 8px;
        }

        p {
          flex-basis: 0;
          visibility: hidden;
        }

        button {
          justify-content: center;
          width: var(--control);
          padding: 0;
        }

        .label {
          display: none;
        }
      }

      /* The sign alone says whose page it is. */
      @media (width < 480px) {
        header {
          gap: 6px;
        }

        .buttons {
          gap: 0;
        }

        h1 {
          ${unseen}
        }
      }
    `,
  ];
}

customElements.define('vp-header', PageHeader);
