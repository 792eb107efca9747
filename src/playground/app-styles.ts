import { css } from 'lit';
import { sharedStyles } from './shared-styles.ts';

/**
 * The page's layout. Wide: machine left, text right, all within the window's height, the machine's column as wide as a 4:3
 * monitor of the height that is left. Narrow: one column that scrolls.
 */
export const appStyles = [
  sharedStyles,
  css`
    :host {
      --tab-height: 36px;
      display: flex;
      flex-direction: column;
      height: 100dvh;
      min-height: 480px;
    }

    header {
      display: flex;
      flex: none;
      gap: 10px;
      align-items: center;
      height: var(--header);
      padding: 0 var(--edge);
      border-bottom: 1px solid var(--line);
      background: var(--surface);
    }

    .logo {
      width: 24px;
      height: 24px;
    }

    h1 {
      margin: 0;
      font: 650 16px / 1 var(--mono);
      letter-spacing: -0.02em;
    }

    header p {
      flex: 1;
      min-width: 0;
      margin: 0;
      overflow: hidden;
      color: var(--text-quiet);
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    .header-buttons {
      display: flex;
      flex: none;
      gap: 10px;
    }

    .icon {
      justify-content: center;
      width: var(--control);
      padding: 0;
    }

    main {
      --chrome: calc(
        var(--header) + var(--notice, 0px) + var(--bezel-height) + var(--control) + var(--stats-height) + var(--gap) * 2 + var(--edge) * 2 + 4px /* borders */
      );
      display: grid;
      flex: 1;
      /* The first column ends where the divider was put, or where the monitor is as high as the window allows. */
      --tube: calc((100dvh - var(--chrome)) * 4 / 3 + 2px);
      grid-template-columns:
        clamp(340px, var(--split-columns, max(440px, min(62vw, var(--tube)))), 100% - 320px)
        var(--edge) minmax(0, 1fr);
      min-height: 0;
      padding: var(--edge);
    }

    /* A lesson stands beside machine and text, which then have to do with less. */
    .work {
      display: contents;
    }

    :host([lesson]) .work {
      display: grid;
      flex: 1;
      grid-template-columns: clamp(300px, 27vw, 460px) minmax(0, 1fr);
      min-height: 0;
    }

    vp-lesson {
      min-width: 0;
      margin: var(--edge) 0 var(--edge) var(--edge);
    }

    :host([lesson]) main {
      grid-template-columns:
        clamp(340px, var(--split-columns, max(340px, 43%)), 100% - 320px)
        var(--edge) minmax(0, 1fr);
    }

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

    .machine > * {
      flex: none;
    }

    .case {
      align-self: center;
      width: min(100%, max(340px, var(--tube)));
      overflow: hidden;
      border: 1px solid var(--bezel-edge);
      border-radius: var(--radius);
      background: var(--bezel);
    }

    /* Not the case itself: the monitor is a container too, and Chromium forgets to draw one within another that moves. */
    .sill {
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

    .bezel :focus-visible {
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
      width: 8px;
      height: 8px;
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

    .text {
      display: grid;
      grid-template-rows: clamp(140px, var(--split-rows, 63%), 100% - 120px) var(--edge) minmax(0, 1fr);
      min-width: 0;
      min-height: 0;
    }

    .pane {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
      overflow: hidden;
    }

    .title {
      display: flex;
      flex: none;
      gap: 10px;
      align-items: center;
      height: var(--tab-height);
      padding: 0 12px;
      border-bottom: 1px solid var(--line);
      background: var(--raised);
    }

    .title h2 {
      margin: 0;
      font-size: var(--size);
      font-weight: 600;
    }

    .quiet {
      color: var(--text-quiet);
      font-size: var(--size-small);
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
      width: 30px;
    }

    :host([noticed]) {
      --notice: 45px;
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

    /* In a frame of another page: monitor and source, or the monitor alone. */
    :host([layout='embed']),
    :host([layout='monitor']) {
      --header: 0px;
      --stats-height: 0px;
      min-height: 0;
    }

    :host([layout='embed']) :is(.output-pane, vp-stats, .text vp-splitter),
    :host([layout='monitor']) :is(.text, vp-stats, vp-controls, vp-splitter) {
      display: none;
    }

    :host([layout='embed']) .text {
      grid-template-rows: minmax(0, 1fr);
    }

    :host([layout='monitor']) {
      --control: 0px;
      --gap: 0px;
      --edge: 0px;
    }

    :host([layout='monitor']) main {
      display: grid;
      grid-template-columns: minmax(0, min(100vw, calc((100dvh - var(--chrome)) * 4 / 3 + 2px)));
      justify-content: center;
    }

    :host([layout='monitor']) .machine {
      margin: 0;
      padding: 0;
    }

    :host([layout='monitor']) :is(.mode, vp-engine) {
      display: none;
    }

    .bezel-buttons {
      display: flex;
      flex: none;
      margin-left: auto;
    }

    :host([layout='monitor']) .bezel button {
      min-height: 24px;
      padding: 0 6px;
      color: var(--bezel-bright);
      font-size: var(--size-small);
    }

    :host([layout='monitor']) .bezel button:hover {
      background: #2b3442;
    }

    .output-pane .title {
      gap: 2px;
      padding: 0 6px;
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

    .panel {
      flex: 1;
      min-height: 0;
    }

    /* Too narrow for three columns: machine above text, and both scroll beside the lesson. */
    @media (960px <= width < 1180px) {
      :host([lesson]) main {
        display: flex;
        flex-direction: column;
        gap: var(--gap);
        overflow: auto;
      }

      :host([lesson]) main > vp-splitter {
        display: none;
      }

      :host([lesson]) .machine {
        flex: none;
        overflow: visible;
      }

      :host([lesson]) .case {
        width: min(100%, 420px);
      }

      :host([lesson]) .text {
        flex: 1 0 560px;
      }
    }

    @media (width < 960px) {
      :host([lesson]) .work {
        display: flex;
        flex-direction: column;
      }

      vp-lesson {
        margin: var(--gap) var(--gap) 0;
      }

      :host {
        height: auto;
        min-height: 100dvh;
      }

      main {
        display: flex;
        flex-direction: column;
        padding: var(--gap);
        gap: var(--gap);
      }

      vp-splitter {
        display: none;
      }

      .case {
        width: 100%;
      }

      .machine {
        overflow: visible;
      }

      .text {
        display: flex;
        flex-direction: column;
        gap: var(--gap);
      }

      .source-pane {
        height: min(520px, 70dvh);
      }

      .output-pane {
        height: 320px;
      }
    }

    @media (width < 960px) {
      :host([layout='monitor']) {
        height: 100dvh;
      }
    }

    @media (width < 560px) {
      header p {
        display: none;
      }

      h1 {
        flex: 1;
      }

      header button {
        justify-content: center;
        width: var(--control);
        padding: 0;
      }

      header .label {
        display: none;
      }

      :host([layout='monitor']) vp-lights {
        display: none;
      }
    }

    /* A narrow monitor: the lights get a line of their own. */
    @container bezel (width < 480px) {
      :host(:not([layout='monitor'])) .bezel {
        flex-wrap: wrap;
        gap: 0 8px;
        height: calc(var(--bezel-height) * 2);
      }

      .state {
        flex: 1;
      }

      :host(:not([layout='monitor'])) vp-hold {
        flex-basis: 100%;
      }
    }
  `,
];
