/** What a link carries, and what reading one can come to. */
import { lessonOf } from '../lessons/driver-id.ts';
import type { DriverFile } from '../machine/driver-files.ts';

/** How the machine is put together. */
export interface LinkMachine {
  readonly engine: 'auto' | 'webgpu' | 'software';
  readonly width: number;
  readonly height: number;
  readonly verifier: boolean;
}

/** A piece of a text, or a place in it. Lines and columns count from 1; a place is a range of no length. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What the page shows beside the machine. */
export interface LinkView {
  /** Panes that somebody has chosen, by name, such as `findings`; `no-lesson` was put away. A page skips those that it does not have. */
  readonly panes: readonly string[];
  /** Which of the driver's files is in the editor, counted from 0, the entry. */
  readonly file: number;
  /** What is selected there. */
  readonly selection: TextRange | null;
  /** How the page is laid out, by name; missing: as usual, see {@link usualLayout}. A page takes the usual for one that it does not have. */
  readonly layout?: string;
  /** Where the dividers were put, by name, in whole percent; missing: nobody moved them. */
  readonly dividers?: Readonly<Record<string, number>>;
}

/** Everything that a link carries. */
export interface LinkState {
  /** Id of the shipped driver, or of the lesson's, that the source is, or began as. */
  readonly base: string;
  /** The driver's file name; `<base>.ts` goes without saying. */
  readonly fileName: string;
  readonly source: string;
  /** Its other files, if it has any; `fileName` and `source` are its entry. */
  readonly others?: readonly DriverFile[];
  readonly machine: LinkMachine;
  /** Missing when all is as the page opens by itself. */
  readonly view?: LinkView;
}

/**
 * `none`: the fragment is no link of this page · `opened`: `shipped` when the source is the gallery's driver as it is today ·
 * `damaged`: cut short or changed on its way · `too-new`: made by a later version of this page · `unavailable`: whole, but a text it builds on could
 * not be fetched. `reason` is a sentence for the visitor.
 */
export type LinkReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'opened'; readonly state: LinkState; readonly shipped: boolean }
  | { readonly kind: 'damaged' | 'too-new' | 'unavailable'; readonly reason: string };

/**
 * How the page is laid out when a link does not say. Links leave it out, so it must never change.
 * @param base what the link builds on: lessons are read beside their drivers
 */
export function usualLayout(base: string): string {
  return lessonOf(base) === null ? 'debug' : 'learn';
}

/** What a machine is put together from when nobody chose. Links leave these values out, so they must never change. */
export const defaultMachine: LinkMachine = { engine: 'auto', width: 640, height: 480, verifier: true };
