import { css } from 'lit';
import { sharedStyles } from './shared-styles.ts';

/** How a lesson looks: the text scrolls, what the driver must do stays in sight below it. */
export const lessonStyles = [
  sharedStyles,
  css`
    :host {
      min-height: 0;
    }

    .pane {
      height: 100%;
    }

    header {
      display: flex;
      flex: none;
      gap: 2px;
      align-items: center;
      height: 36px;
      padding: 0 4px;
      border-bottom: 1px solid var(--line);
      background: var(--raised);
    }

    header select {
      flex: 1;
      min-width: 0;
      min-height: 28px;
      border-color: transparent;
      background: transparent;
      font-weight: 600;
      text-overflow: ellipsis;
    }

    .icon {
      justify-content: center;
      width: 28px;
      min-height: 28px;
      padding: 0;
      color: var(--text-quiet);
    }

    .reading {
      flex: 1 1 0;
      min-height: 120px;
      padding: 12px 14px 16px;
      overflow: auto;
      overflow-wrap: anywhere;
      line-height: 1.5;
    }

    .reading:focus-visible {
      outline-offset: -2px;
    }

    h2 {
      margin: 0 0 8px;
      font-size: 17px;
      line-height: 1.25;
      outline: none;
    }

    .reading p,
    .reading ol,
    .reading ul {
      margin: 0 0 10px;
    }

    .reading ol,
    .reading ul {
      padding-left: 20px;
    }

    .reading li {
      margin-bottom: 5px;
    }

    .reading a {
      color: var(--accent);
    }

    .reading code {
      padding: 0 1px;
      border-radius: 3px;
      background: var(--raised);
      color: var(--code-constant);
      font-size: 0.93em;
    }

    .reading a code {
      color: inherit;
    }

    .reading > svg {
      display: block;
      width: 100%;
      max-width: 400px;
      height: auto;
      margin: 4px auto 12px;
      fill: none;
      stroke: var(--line-strong);
      stroke-width: 1.2;
    }

    .reading > svg :is(rect, .plain) {
      fill: var(--raised);
    }

    .reading > svg .strong {
      fill: var(--accent-wash);
      stroke: var(--accent);
    }

    .reading > svg path:not(.plain) {
      stroke: var(--accent);
    }

    .reading > svg text {
      fill: var(--text);
      stroke: none;
      font: 11px var(--sans);
      text-anchor: middle;
    }

    .reading > svg text[text-anchor='start'] {
      text-anchor: start;
    }

    .reading > svg text[text-anchor='end'] {
      text-anchor: end;
    }

    .reading > svg .small {
      fill: var(--text-quiet);
      font-size: 10px;
    }

    details {
      margin: 0 0 6px;
      border: 1px solid var(--line);
      border-radius: var(--radius);
    }

    summary {
      padding: 5px 10px;
      cursor: pointer;
      font-weight: 600;
    }

    .reading details > :not(summary) {
      margin: 0 10px 8px;
    }

    /* One hint at a time: the next shows when the one before it was opened. */
    .hint:not([open]) ~ .hint {
      display: none;
    }

    .solution {
      margin-top: 12px;
    }

    .gaps {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
      align-items: center;
    }

    .gaps button {
      min-height: 26px;
      padding: 0 9px;
    }

    .gap {
      color: var(--text-quiet);
      font-size: var(--size-small);
    }

    .reading pre {
      padding: 6px 8px;
      overflow: auto;
      border-radius: 4px;
      background: var(--raised);
      font: var(--size-small) / 1.5 var(--mono);
      white-space: pre-wrap;
    }

    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
    }

    .goals {
      display: flex;
      flex: 0 1 auto;
      flex-direction: column;
      max-height: 46%;
      padding: 8px 14px 10px;
      overflow: auto;
      border-top: 1px solid var(--line);
      background: var(--raised);
    }

    .bar {
      display: flex;
      gap: 8px;
      align-items: center;
      justify-content: space-between;
    }

    h3 {
      margin: 0;
      font-size: var(--size);
      font-weight: 600;
    }

    .bar button {
      min-height: 28px;
    }

    .primary:not([aria-disabled='true']) {
      border-color: var(--accent);
      background: var(--accent);
      color: var(--on-accent);
    }

    .primary:not([aria-disabled='true']):hover {
      background: color-mix(in srgb, var(--accent) 85%, var(--text));
    }

    .goals ul {
      margin: 6px 0;
      padding: 0;
      list-style: none;
    }

    .goals li {
      display: grid;
      grid-template-columns: 14px minmax(0, 1fr);
      gap: 7px;
      padding: 2px 0;
      line-height: 1.4;
    }

    .goals i {
      width: 10px;
      height: 10px;
      margin-top: 4px;
      border: 1.5px solid var(--line-strong);
      border-radius: 50%;
      forced-color-adjust: none;
    }

    .met i {
      border: 0;
      border-right: 2px solid var(--good);
      border-bottom: 2px solid var(--good);
      border-radius: 0;
      width: 6px;
      margin: 1px 0 0 3px;
      rotate: 40deg;
    }

    .unmet i {
      border-color: var(--bad);
      background: var(--bad);
    }

    .reason {
      display: block;
      color: var(--text-quiet);
      font-size: var(--size-small);
      overflow-wrap: anywhere;
    }

    .outcome {
      margin: 2px 0 0;
      color: var(--text-quiet);
      font-size: var(--size-small);
      overflow-wrap: anywhere;
    }

    [data-on] {
      flex: none;
      justify-content: center;
      margin-top: 8px;
      white-space: normal;
    }

    .bad {
      color: var(--bad);
    }

    /* In a column that scrolls as a whole nothing scrolls by itself. */
    @media (width < 960px) {
      .reading,
      .goals {
        flex: none;
        max-height: none;
      }
    }
  `,
];
