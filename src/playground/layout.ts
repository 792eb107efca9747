/** The page's three layouts, between which a visitor switches at any time; layout-styles.ts draws them. */
import { readSetting, writeSetting } from './settings.ts';

/**
 * `learn`: a lesson beside the source, and the monitor · `debug`: source, monitor, figures, findings and log, all at once ·
 * `present`: the monitor, large, and a strip of source that can be put away, for a room
 */
export type Layout = 'learn' | 'debug' | 'present';

/** What is said of each, in the order of the switch. */
export const layouts = [
  { id: 'learn', name: 'Learn', text: 'a lesson beside the source' },
  { id: 'debug', name: 'Debug', text: 'everything at hand' },
  { id: 'present', name: 'Present', text: 'the monitor, large, for a room' },
] as const satisfies readonly { readonly id: Layout; readonly name: string; readonly text: string }[];

/** The layout of this name, which may come from anywhere; null when there is none. */
export function layoutNamed(name: string | null | undefined): Layout | null {
  return layouts.find(({ id }) => id === name)?.id ?? null;
}

/** What a layout is called. */
export function layoutTitle(layout: Layout): string {
  return layouts.find(({ id }) => id === layout)?.name ?? layout;
}

/** The layout that the visitor has chosen, in this visit or an earlier one; null when none ever was. */
export function rememberedLayout(): Layout | null {
  return layoutNamed(readSetting('layout'));
}

/** The visitor has chosen one. */
export function rememberLayout(layout: Layout): void {
  writeSetting('layout', layout);
}
