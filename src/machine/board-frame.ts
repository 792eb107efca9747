/**
 * The sandboxed frame from the app page's side: makes it, connects to the board in it, and passes requests. A frame
 * serves one machine at a time and as many after one another as you like.
 */
import boardText, { hash } from './board.ts?script';
import type { BoardAnswers, BoardMessage, BoardRequest } from './board-protocol.ts';
import { trusted } from './trusted.ts';

/**
 * What the frame may do: run the board's script and blob workers, and these may make script of text, since a driver is
 * text. No network, no storage, no other script, and no navigation that the page's policy does not stop. Where the page has a
 * policy (`tools/content-policy.ts`), it holds here too.
 */
const POLICY = `default-src 'none'; script-src '${hash}' 'unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'`;

/** How long the frame has to answer its first message. */
const CONNECT_MS = 15_000;
/** How often a request looks whether the frame is still there. */
const ALIVE_MS = 250;

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

export class BoardFrame {
  readonly element: HTMLIFrameElement;
  /** The machine that the frame serves hears events here. */
  onEvents: ((events: Extract<BoardMessage, { type: 'events' }>['events']) => void) | null = null;
  readonly #port: MessagePort;
  readonly #ready: Promise<void>;
  #isReady = false;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }
  >();
  #nextId = 1;
  #removed = false;

  /** Puts the frame into `container`. */
  constructor(container: HTMLElement) {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.allow = 'cross-origin-isolated';
    frame.title = 'Monitor';
    // There is nothing in it that a key could reach: the Tab key passes it by.
    frame.tabIndex = -1;
    frame.style.cssText = 'border:0;width:100%;height:100%;display:block';
    frame.srcdoc = trusted.createHTML(
      `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Monitor</title><canvas width="640" height="480"></canvas><script>${boardText}</script>`,
    );
    this.element = frame;
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#ready = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('the machine’s frame did not start: is framing or inline script blocked here?')),
        CONNECT_MS,
      );
      this.#port.onmessage = (event: MessageEvent<BoardMessage>) => {
        if (event.data.type === 'ready') {
          clearTimeout(timer);
          this.#isReady = true;
          resolve();
        } else this.#receive(event.data);
      };
      let connected = false;
      frame.addEventListener('load', () => {
        // Another document in the board's place: whatever took the frame there, the board is gone.
        if (connected) this.remove();
        else frame.contentWindow?.postMessage('videoport-board', '*', [channel.port2]);
        connected = true;
      });
    });
    this.#ready.catch(() => {});
    container.append(frame);
  }

  /** True while the frame is in a document. A frame that was taken out has lost everything. */
  get alive(): boolean {
    return !this.#removed && this.element.isConnected;
  }

  /** Sends a request and waits for its answer. Rejects with the board's own words. */
  async request<T extends BoardRequest['type']>(
    request: Unnumbered<Extract<BoardRequest, { type: T }>>,
  ): Promise<BoardAnswers[T]> {
    // What is asked for of a board that is there is on its way when this returns.
    if (!this.#isReady) await this.#ready;
    if (!this.alive) throw new Error('the machine’s frame is gone');
    const id = this.#nextId++;
    // A frame that somebody takes out of the document says nothing about it.
    const watch = setInterval(() => {
      if (!this.alive) this.remove();
    }, ALIVE_MS);
    try {
      return await new Promise<BoardAnswers[T]>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#port.postMessage({ ...request, id });
      });
    } finally {
      clearInterval(watch);
    }
  }

  /** Removes the frame: worker, GPU and everything in it end. */
  remove(): void {
    this.#removed = true;
    this.element.remove();
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(new Error('the machine’s frame was removed'));
    this.#waiting.clear();
  }

  #receive(message: BoardMessage): void {
    if (message.type === 'events') {
      this.onEvents?.(message.events);
      return;
    }
    if (message.type === 'ready') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.value as never);
    else waiting?.reject(new Error(message.message));
  }
}
