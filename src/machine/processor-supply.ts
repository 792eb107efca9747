/**
 * CPU workers for the machines of a board. Each machine gets a new one, which has never run a driver; so that the next boot need not
 * wait for its start, one is started ahead, when the machine before has come up.
 */
import cpuWorkerText from './cpu-worker.ts?script';
import { trusted } from './trusted.ts';

/** How long after a boot the next processor is started, in milliseconds: the boot itself has the computer for its own. */
const REST_MS = 400;

export class ProcessorSupply {
  readonly #url = URL.createObjectURL(new Blob([cpuWorkerText], { type: 'text/javascript' }));
  #spare: Worker | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A worker that waits for its boot message, and may still be starting. */
  take(): Worker {
    const worker = this.#spare ?? this.#start();
    this.#spare = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#prepare(), REST_MS);
    return worker;
  }

  #prepare(): void {
    const worker = this.#start();
    // Whoever takes one that cannot start is to hear why: so not this one, which has said it already.
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#spare === worker) this.#spare = null;
    };
    this.#spare = worker;
  }

  #start(): Worker {
    return new Worker(trusted.createScriptURL(this.#url), { name: 'cpu' });
  }
}
