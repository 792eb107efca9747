/** The page as its parts see it: what they draw, and whom they ask. */
import type { ReactiveControllerHost } from 'lit';
import type { Arrangement } from './arrangement.ts';
import type { BootChoice } from './boot-choice.ts';
import type { DriverDesk } from './driver-desk.ts';
import type { Extent } from './extent.ts';
import type { MachineHost } from './machine-host.ts';
import type { Power } from './power.ts';
import type { Session } from './session.ts';
import type { ShortcutAction } from './shortcuts.ts';
import type { EditorModule } from './source-editor.ts';
import type { SourceGuide } from './source-guide.ts';

/** `<vp-playground>`, as far as what it is put together from needs it. */
export interface Page extends ReactiveControllerHost {
  /** `Machine`, or in tests what stands for it. */
  readonly machineHost: MachineHost | null;
  /** Brings the editor; without it the source can only be read. */
  readonly loadEditor: (() => Promise<EditorModule>) | null;
  /** Is the type service to be fetched for the editor? */
  readonly types: boolean;
  /** How much of the page is shown. */
  readonly extent: Extent;
  /** Is the page in a frame of another page? */
  readonly embedded: boolean;
  /** What the next boot is to use. */
  choice: BootChoice;
  /** What runs, and what it said. */
  readonly session: Session;
  /** Which driver is open. */
  readonly desk: DriverDesk;
  /** What boots when. */
  readonly power: Power;
  /** Leads to places in the source. */
  readonly guide: SourceGuide;
  /** How it is laid out. */
  readonly arrangement: Arrangement;
  /** An element of the page, by its selector. Throws when it is not there. */
  piece<Piece extends Element>(selector: string): Piece;
  /** Carries out what a key or a button means. */
  do(action: ShortcutAction): void;
}
