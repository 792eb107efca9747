import { css } from 'lit';
import { layoutStyles } from './layout-styles.ts';
import { sharedStyles } from './shared-styles.ts';

/** How the parts of the page look that are no components; where each stands is layout-styles.ts's. */
export const appStyles = [
  sharedStyles,
  css`
    .machine {
      display: flex;
      flex-direction: column;
      gap: var(--gap);
      min-width: 0;
      min-height: 0;
      /* Scrolls in very low windows; the padding keeps the focus rings at its edges whole. */
      margin: -4px;
      padding: 4px;
      overflow: auto;
    }

    /* As high as a 4:3 monitor of its width, or as what is left: a picture of any shape is fitted into it. */
    .case {
      display: flex;
      flex: 1 1 auto;
      flex-direction: column;
      min-height: 0;
      overflow: hidden;
      border: 1px solid var(--bezel-edge);
      border-radius: var(--radius);
      background: var(--bezel);
    }

    vp-monitor {
      flex: 1 1 auto;
      min-height: 120px;
    }

    .strip {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      gap: var(--gap);
      align-items: center;
    }

    vp-controls {
      flex: 1 1 320px;
    }

    .icon {
      justify-content: center;
      width: var(--control);
      padding: 0;
    }

    [aria-pressed='true'] {
      border-color: var(--accent);
      color: var(--accent);
    }

    vp-editor {
      flex: 1;
    }

    .tools {
      display: flex;
      flex: none;
    }

    .tools button {
      min-height: 28px;
      color: var(--text-quiet);
    }

    .tools .icon {
      width: max(30px, 2.3em);
    }

    .notice {
      min-height: var(--notice);
      display: flex;
      flex: none;
      gap: var(--gap);
      align-items: center;
      padding: 6px var(--edge);
      border-bottom: 1px solid var(--line);
      background: var(--bad-wash);
      box-shadow: inset 3px 0 var(--bad);
    }

    .notice.info {
      background: var(--accent-wash);
      box-shadow: inset 3px 0 var(--accent);
    }

    .notice p {
      flex: 1;
      margin: 0;
      overflow-wrap: anywhere;
    }

    .bezel-buttons {
      display: flex;
      flex: none;
      margin-left: auto;
    }

    .bezel-buttons button {
      min-height: 24px;
      padding: 0 6px;
      color: var(--bezel-bright);
      font-size: var(--size-small);
    }

    .bezel-buttons button:hover {
      background: #2b3442;
    }
  `,
  layoutStyles,
];
