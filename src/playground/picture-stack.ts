import type { Screen } from '../engine/engine.ts';
import type { PictureSlots } from './session.ts';

/**
 * The pictures on the monitor, stacked: a new machine's frame is put below the last picture, or a still of the last picture
 * over the frame that the new machine takes over, until its first frame is there. A machine's iframe is never moved in the document, because moving it would load it anew.
 */
export class PictureStack implements PictureSlots {
  readonly #container: HTMLElement;

  /** @param container what the slots lie in; its other children are left alone */
  constructor(container: HTMLElement) {
    this.#container = container;
  }

  open(): HTMLElement {
    const slot = document.createElement('div');
    slot.className = 'slot';
    // Earlier children are painted first, so below.
    this.#container.prepend(slot);
    return slot;
  }

  shape(slot: HTMLElement, width: number, height: number): void {
    slot.style.setProperty('--width', String(width));
    slot.style.setProperty('--height', String(height));
  }

  reveal(slot: HTMLElement): void {
    for (const still of slot.querySelectorAll('canvas.still')) still.remove();
    while (slot.nextElementSibling?.classList.contains('slot')) slot.nextElementSibling.remove();
  }

  hold(slot: HTMLElement, screen: Screen): void {
    for (const older of slot.querySelectorAll('canvas.still')) older.remove();
    const still = document.createElement('canvas');
    still.className = 'still';
    still.width = screen.width;
    still.height = screen.height;
    still.getContext('2d')?.putImageData(new ImageData(screen.pixels, screen.width, screen.height), 0, 0);
    slot.append(still);
  }

  drop(slot: HTMLElement): void {
    slot.remove();
  }
}
