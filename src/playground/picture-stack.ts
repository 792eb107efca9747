/**
 * The pictures on the monitor, stacked: a new machine's frame is put below the last picture until its first one is there. A frame
 * that the next machine takes over keeps the last picture itself. A machine's iframe is never moved in the document, because moving it
 * would load it anew.
 */
export class PictureStack {
  readonly #container: HTMLElement;

  /** @param container what the slots lie in; its other children are left alone */
  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** A new slot below those that are there; the machine puts its frame into it. */
  open(): HTMLElement {
    const slot = document.createElement('div');
    slot.className = 'slot';
    // Earlier children are painted first, so below.
    this.#container.prepend(slot);
    return slot;
  }

  /** The slot's machine has set a mode. */
  shape(slot: HTMLElement, width: number, height: number): void {
    slot.style.setProperty('--width', String(width));
    slot.style.setProperty('--height', String(height));
  }

  /** The slot's picture has arrived, or it is plain that there is none: the slots above it go. */
  reveal(slot: HTMLElement): void {
    while (slot.nextElementSibling?.classList.contains('slot')) slot.nextElementSibling.remove();
  }

  /** Takes a slot away at once, with whatever runs in it. */
  drop(slot: HTMLElement): void {
    slot.remove();
  }
}
