import { css } from 'lit';

/** Declarations for what is there to be read out, and not to be seen. */
export const unseen = css`
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
`;

/** Styles that every component of the page shares: focus, buttons, lists of choice, panes. */
export const sharedStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :host {
    display: block;
    min-width: 0;
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }

  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }

  button,
  .button,
  select {
    min-height: var(--control);
    padding: 0 10px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--text);
  }

  button,
  .button {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    cursor: pointer;
    white-space: nowrap;
    text-decoration: none;
  }

  button:hover,
  .button:hover,
  select:hover {
    background: var(--hover);
  }

  button[aria-disabled='true'] {
    border-color: var(--line);
    background: transparent;
    color: var(--text-faint);
    cursor: default;
  }

  button.plain {
    border-color: transparent;
    background: transparent;
  }

  button.plain:hover {
    background: var(--hover);
  }

  /* Where browsers can, lists of choice are drawn with the page's own colours, the open list too. */
  @supports (appearance: base-select) {
    select,
    ::picker(select) {
      appearance: base-select;
    }

    select {
      display: inline-flex;
      gap: 6px;
      align-items: center;
      cursor: pointer;
    }

    select::picker-icon {
      content: '';
      width: 5px;
      height: 5px;
      margin: 0 2px 3px auto;
      border-right: 1.5px solid currentcolor;
      border-bottom: 1.5px solid currentcolor;
      rotate: 45deg;
    }

    ::picker(select) {
      margin-block: 3px;
      padding: 4px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--surface);
      color: var(--text);
      box-shadow: 0 8px 28px rgb(0 0 0 / 35%);
    }

    option {
      padding: 4px 10px 4px 6px;
      border-radius: 4px;
    }

    option:hover,
    option:focus-visible {
      background: var(--hover);
    }

    option:checked {
      color: var(--accent);
    }
  }

  svg {
    flex: none;
    width: 1.15em;
    height: 1.15em;
  }

  kbd {
    padding: 0 4px;
    border: 1px solid color-mix(in srgb, currentcolor 28%, transparent);
    border-radius: 3px;
    font: var(--size-tiny) / 1.5 var(--mono);
    opacity: 0.85;
  }

  code,
  .mono {
    font-family: var(--mono);
    font-variant-numeric: tabular-nums;
  }

  .hidden-text {
    ${unseen}
  }

  /* A wait of unknown length, along the upper edge of what is being waited for. Short waits show nothing. */
  .progress {
    position: absolute;
    z-index: 1;
    inset: 0 0 auto;
    height: 2px;
    overflow: hidden;
    pointer-events: none;
  }

  .progress::before {
    content: '';
    display: block;
    width: 30%;
    height: 100%;
    background: var(--accent);
    opacity: 0;
    animation: pass 1.1s 0.3s linear infinite;
  }

  @keyframes pass {
    from {
      opacity: 1;
      translate: -100%;
    }
    to {
      opacity: 1;
      translate: 334%;
    }
  }

  .pane {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }

    .progress::before {
      width: 100%;
      opacity: 0.7;
    }
  }
`;
