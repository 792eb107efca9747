import { css } from 'lit';

/**
 * Where the page's parts stand, by the `layout` attribute of the page: `learn`, `debug` and `present`, or `embed` and `monitor` in a
 * frame of another page. Wide: all within the window's height, with dividers. Narrow: one column that scrolls.
 */
export const layoutStyles = css`
  :host {
    --tab-height: 36px;
    /* What the window's height leaves for the panes, and what stands below the monitor in its column. */
    --room: calc(100dvh - var(--header) - var(--notice, 0px) - var(--edge) * 2);
    --under: calc(var(--bezel-height) + var(--gap) + var(--control) + 2px /* borders */);
    display: flex;
    flex-direction: column;
    height: 100dvh;
    min-height: 480px;
  }

  :host([noticed]) {
    --notice: 45px;
  }

  .work {
    display: grid;
    flex: 1;
    grid-template-columns: minmax(0, 1fr);
    min-height: 0;
  }

  :host([lesson]) .work {
    grid-template-columns: clamp(300px, 27vw, 460px) minmax(0, 1fr);
  }

  vp-lesson,
  vp-course {
    min-width: 0;
    margin: var(--edge) 0 var(--edge) var(--edge);
  }

  main {
    position: relative;
    display: grid;
    min-width: 0;
    min-height: 0;
    padding: var(--edge);
  }

  .machine {
    grid-area: machine;
  }

  .source-pane {
    grid-area: source;
  }

  .output {
    grid-area: output;
    min-width: 0;
    min-height: 0;
  }

  vp-splitter[name='columns'] {
    grid-area: columns;
  }

  vp-splitter[name='rows'] {
    grid-area: rows;
  }

  vp-output {
    height: 100%;
  }

  :host(:not([layout='debug'])) vp-stats,
  :host([layout='present']) :is(.output, vp-splitter[name='rows']),
  :host([layout='embed']) :is(.output, vp-splitter[name='rows']),
  :host([layout='monitor']) :is(.output, .source-pane, .strip, vp-splitter) {
    display: none;
  }

  /* The dividers are where they were put; untouched, the machine's column ends where the monitor is as high as its row. */
  :host([layout='debug']) main {
    grid-template:
      'machine columns source' minmax(220px, var(--split-rows, 70%))
      'rows rows rows' var(--edge)
      'output output output' minmax(110px, 1fr)
      / minmax(340px, var(--split-columns, max(440px, min(55%, (var(--room) * 0.7 - var(--under)) * 4 / 3 + 2px))))
      var(--edge) minmax(320px, 1fr);
  }

  :host([layout='debug']) .output {
    display: grid;
    grid-template-columns: clamp(250px, 25%, 560px) minmax(0, 1fr);
    gap: var(--edge);
  }

  :host([layout='learn']) main {
    grid-template:
      'source columns machine' minmax(0, var(--split-rows, max-content))
      'source columns rows' var(--edge)
      'source columns output' minmax(130px, 1fr)
      / minmax(320px, var(--split-columns, 56%)) var(--edge) minmax(300px, 1fr);
    /* The Tab key goes as the eye does. */
    reading-flow: grid-columns;
  }

  :host([layout='present']) {
    --header: 0px;
    --tab-height: calc(var(--size) * 2.4);
    --size: clamp(14px, 1.8vmin, 42px);
    --size-small: calc(var(--size) * 0.9);
    --size-tiny: calc(var(--size) * 0.82);
    --size-code: clamp(14px, 2.1vmin, 48px);
    --control: calc(var(--size) * 2.4);
    --bezel-height: calc(var(--size) * 2.3);
    --code-wrap: break-spaces;
    --code-shrink: 1;
    font-size: var(--size);
  }

  :host([layout='present']) main {
    grid-template:
      'machine columns source' minmax(0, 1fr)
      / minmax(40%, var(--split-columns, min(74%, (var(--room) - var(--under)) * 4 / 3 + 2px)))
      var(--edge) minmax(0, 1fr);
  }

  :host([source-away]) .source-pane {
    display: none;
  }

  :host([source-away]) main {
    grid-template-columns: minmax(0, 1fr) var(--edge) 0;
    padding-right: 0;
  }

  :host([layout='embed']),
  :host([layout='monitor']) {
    --header: 0px;
    min-height: 0;
  }

  :host([layout='embed']) main {
    grid-template:
      'machine columns source' minmax(0, 1fr)
      / minmax(340px, var(--split-columns, max(440px, min(62%, (var(--room) - var(--under)) * 4 / 3 + 2px))))
      var(--edge) minmax(320px, 1fr);
  }

  :host([layout='monitor']) main {
    grid-template: 'machine' minmax(0, 1fr) / minmax(0, 1fr);
    padding: 0;
  }

  :host([layout='monitor']) .machine {
    margin: 0;
    padding: 0;
  }

  :host([layout='monitor']) .case {
    border: 0;
    border-radius: 0;
  }

  /* Too narrow for three columns: the source below machine and output, beside the lesson. */
  @media (960px <= width < 1180px) {
    :host([lesson]) main {
      grid-template:
        'machine output' minmax(0, max-content)
        'source source' minmax(240px, 1fr)
        / minmax(300px, 1fr) minmax(0, 1fr);
      gap: var(--edge);
      reading-flow: normal;
    }

    :host([lesson]) main > vp-splitter {
      display: none;
    }
  }

  @media (width < 960px) {
    :host {
      height: auto;
      min-height: 100dvh;
    }

    .work,
    main {
      display: flex;
      flex-direction: column;
    }

    main {
      padding: var(--gap);
      gap: var(--gap);
    }

    vp-lesson,
    vp-course {
      margin: var(--gap) var(--gap) 0;
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

    .source-pane {
      height: min(520px, 70dvh);
    }

    :host(:is([layout='learn'], [layout='debug'])) .output {
      display: contents;
    }

    .machine {
      order: -2;
    }

    /* Below the machine that it measures; nothing in it takes the focus. */
    vp-stats {
      order: -1;
    }

    vp-output {
      height: 320px;
    }

    vp-output[both] {
      height: 480px;
    }

    :host([layout='present']) .source-pane {
      flex: 1 0 50dvh;
    }

    :host([layout='monitor']) {
      height: 100dvh;
    }
  }
`;
