/** What a link carries, and what reading one can come to. */

/** How the machine is put together. */
export interface LinkMachine {
  readonly engine: 'auto' | 'webgpu' | 'software';
  readonly width: number;
  readonly height: number;
  readonly verifier: boolean;
}

/** Everything that a link carries. */
export interface LinkState {
  /** Id of the shipped driver that the source is, or began as. */
  readonly base: string;
  /** The driver's file name; `<base>.ts` goes without saying. */
  readonly fileName: string;
  readonly source: string;
  readonly machine: LinkMachine;
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

/** What a machine is put together from when nobody chose. Links leave these values out, so they must never change. */
export const defaultMachine: LinkMachine = { engine: 'auto', width: 640, height: 480, verifier: true };
