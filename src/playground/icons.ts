import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** Draws an icon in the colour of the text around it; it is decoration, the name is in the text or label beside it. */
function icon(shapes: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes}</svg>`;
}

/** Run. */
export const runIcon = icon(svg`<path d="M4.5 2.8v10.4L13 8z" fill="currentColor" />`);
/** Stop. */
export const stopIcon = icon(svg`<rect x="3.5" y="3.5" width="9" height="9" rx="1" fill="currentColor" />`);
/** Restart. */
export const restartIcon = icon(svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3" />`);
/** Dark theme. */
export const moonIcon = icon(svg`<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />`);
/** Light theme. */
export const sunIcon = icon(
  svg`<circle cx="8" cy="8" r="2.8" /><path d="M8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />`,
);
/** Keyboard shortcuts. */
export const keyboardIcon = icon(
  svg`<rect x="1" y="3.5" width="14" height="9" rx="1.5" /><path d="M4 6.5h.01M7 6.5h.01M10 6.5h.01M12.5 6.5h.01M4.5 10h7" />`,
);
/** Opens a list. */
export const downIcon = icon(svg`<path d="M8 2.5v10M3.5 8.5 8 13l4.5-4.5" />`);

/** The product's sign: a monitor with a signal on it. */
export const logo = html`<svg class="logo" viewBox="0 0 32 32" fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
  <rect x="2" y="4" width="28" height="20" rx="3" stroke="var(--accent)" />
  <path d="M7 19v-4h4v-5h5v9h4v-6h5v6" stroke="var(--good)" />
  <path d="M11 29h10M16 24v5" stroke="var(--accent)" />
</svg>`;
