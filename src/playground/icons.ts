import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** Draws an icon in the colour of the text around it; it is decoration, the name is in the text or label beside it. */
function icon(shapes: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes}</svg>`;
}

/** A triangle: Run. */
export const runIcon = icon(svg`<path d="M4.5 2.8v10.4L13 8z" fill="currentColor" />`);
/** A square: Stop. */
export const stopIcon = icon(svg`<rect x="3.5" y="3.5" width="9" height="9" rx="1" fill="currentColor" />`);
/** A turning arrow: Restart. */
export const restartIcon = icon(svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3" />`);
/** Two bars: Pause. */
export const pauseIcon = icon(svg`<path d="M4 3h2.500v10H4zM9.5 3H12v10H9.500z" fill="currentColor" />`);
/** A bar and a triangle: Resume. */
export const resumeIcon = icon(svg`<path d="M3 3v10M6.5 3v10L13 8z" fill="currentColor" />`);
/** An arrow from dot to dot: to the next call. */
export const stepIcon = icon(
  svg`<path d="M2.5 8.500a5.500 5.500 0 0 1 10.600-1.500M13.500 3.500V7.200H9.800" /><circle cx="8" cy="12" r="1.6" fill="currentColor" />`,
);
/** An arrow up from a dot: out of the callback. */
export const stepOutIcon = icon(
  svg`<path d="M8 9.500V2.500M4.500 5.800 8 2.300l3.500 3.500" /><circle cx="8" cy="13" r="1.6" fill="currentColor" />`,
);
/** A moon: the dark theme. */
export const moonIcon = icon(svg`<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />`);
/** A sun: the light theme. */
export const sunIcon = icon(
  svg`<circle cx="8" cy="8" r="2.8" /><path d="M8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />`,
);
/** A keyboard: its shortcuts. */
export const keyboardIcon = icon(
  svg`<rect x="1" y="3.5" width="14" height="9" rx="1.5" /><path d="M4 6.5h.01M7 6.5h.01M10 6.5h.01M12.5 6.5h.01M4.5 10h7" />`,
);
/** An arrow down: to the newest line. */
export const downIcon = icon(svg`<path d="M8 2.5v10M3.5 8.5 8 13l4.5-4.5" />`);
/** A folder: the list of drivers. */
export const driversIcon = icon(svg`<path d="M2 3.5h4.2l1.3 1.6H14v7.4H2zM2 7h12" />`);
/** An arrow out of a box: share. */
export const shareIcon = icon(svg`<path d="M8 9.5V2M5.2 4.6 8 1.8l2.8 2.8M4.5 7H3v7h10V7h-1.5" />`);
/** An arrow into a tray: save as a file. */
export const exportIcon = icon(svg`<path d="M8 2v7.500M5.2 7 8 9.8 10.8 7M3 11.500V14h10v-2.5" />`);
/** An arrow out of a tray: open a file. */
export const importIcon = icon(svg`<path d="M8 10V2.500M5.2 5 8 2.2 10.8 5M3 11.500V14h10v-2.5" />`);
/** A plus: a new driver. */
export const newIcon = icon(svg`<path d="M8 3v10M3 8h10" />`);
/** A sheet with a plus: a new file. */
export const addIcon = icon(
  svg`<path d="M9 1.800H3.500v12.400h9V5.300zM9 1.800v3.500h3.500M8 7.500v4.400M5.800 9.700h4.400" />`,
);
/** A glass: find in the source. */
export const findIcon = icon(svg`<circle cx="7" cy="7" r="4.2" /><path d="m10.2 10.200 3.600 3.600" />`);
/** Lines, some further in: put the source in order. */
export const formatIcon = icon(svg`<path d="M2.500 3.500h11M5.500 6.500h8M5.500 9.500h5M2.500 12.500h11" />`);
/** A pencil: rename. */
export const renameIcon = icon(svg`<path d="M3 13l.8-3L10.5 3.300l2.2 2.200L6 12.200zM9 4.8 11.2 7" />`);
/** Two sheets: copy. */
export const copyIcon = icon(
  svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.2" /><path d="M10.5 3.500V2.500h-8v8h1" />`,
);
/** A bin: delete. */
export const trashIcon = icon(
  svg`<path d="M3 4.500h10M6.5 4.500V3h3v1.500M4.5 4.500l.6 9h5.800l.6-9M6.8 7v4M9.2 7v4" />`,
);
/** An arrow out of a frame: open in a page of its own. */
export const openIcon = icon(svg`<path d="M9 3h4v4M13 3 7.5 8.500M11.5 9v4h-8.500V4.500h4" />`);
/** An open book: lessons. */
export const lessonsIcon = icon(
  svg`<path d="M8 4v9.500M8 4C6.500 3 4 2.800 2 3v9.500c2-.2 4.500 0 6 1 1.500-1 4-1.200 6-1V3c-2-.2-4.500 0-6 1z" />`,
);
/** A text beside a pane: a lesson beside the source. */
export const learnIcon = icon(
  svg`<path d="M1.800 3.500h4.700M1.800 6.500h4.700M1.800 9.500h4.700M1.800 12.500h3" /><rect x="9" y="2.500" width="5.200" height="11" rx="1.3" />`,
);
/** A window in panes: everything at hand. */
export const debugIcon = icon(
  svg`<rect x="1.8" y="2.500" width="12.400" height="11" rx="1.3" /><path d="M8.600 2.500v6.500M1.800 9h12.400M6 9v4.500" />`,
);
/** A screen on a stand: for a room. */
export const presentIcon = icon(
  svg`<path d="M1.500 2.800h13M2.800 2.800v7.700h10.400V2.800M8 10.500v2M5 14.200l3-1.700 3 1.700" />`,
);
/** The source, at the edge of the page. */
export const sourceIcon = icon(
  svg`<path d="M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500M9 3.200 7 12.800" />`,
);
/** An angle to the left: the one before. */
export const previousIcon = icon(svg`<path d="M10 3 5 8l5 5" />`);
/** An angle to the right: the one after. */
export const nextIcon = icon(svg`<path d="M6 3l5 5-5 5" />`);
/** A cross: close. */
export const closeIcon = icon(svg`<path d="M4 4l8 8M12 4l-8 8" />`);

/** The product's sign: a monitor with a signal on it. */
export const logo = html`<svg class="logo" viewBox="0 0 32 32" fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
  <rect x="2" y="4" width="28" height="20" rx="3" stroke="var(--accent)" />
  <path d="M7 19v-4h4v-5h5v9h4v-6h5v6" stroke="var(--good)" />
  <path d="M11 29h10M16 24v5" stroke="var(--accent)" />
</svg>`;
