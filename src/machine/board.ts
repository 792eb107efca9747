/**
 * The board: the script of the sandboxed frame. It owns the GPU, the monitor and the CPU worker, and answers the app
 * page through one message port. It lives for many boots, so the GPU is opened once.
 */
import type { Engine } from '../engine/engine.ts';
import { createSoftwareEngine } from '../engine/software/software-engine.ts';
import { type GpuContext, openGpuContext } from '../engine/webgpu/gpu-context.ts';
import { createWebGpuEngine } from '../engine/webgpu/webgpu-engine.ts';
import { BoardMachine, type EngineFactory } from './board-machine.ts';
import type { BoardAnswers, BoardMessage, BoardOptions, BoardRequest } from './board-protocol.ts';
import { keepCrisp } from './crisp-canvas.ts';
import { gpuHoldings, keepLedger } from './gpu-ledger.ts';
import { ProcessorSupply } from './processor-supply.ts';

/** The monitor fills the frame. A sheet of the script's own: the frame's policy allows no other style. */
function style(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`html, body { margin: 0; height: 100%; background: #000; overflow: hidden; }
canvas { display: block; width: 100%; height: 100%; object-fit: contain; }`);
  document.adoptedStyleSheets = [sheet];
}

/** The monitor is the frame's only element. */
function monitor(): HTMLCanvasElement {
  const canvas = document.querySelector('canvas');
  if (!canvas) throw new Error('board: the frame has no canvas');
  return canvas;
}

/** A canvas can have one kind of context in its life: another engine gets another canvas. */
function freshMonitor(): HTMLCanvasElement {
  const old = monitor();
  const canvas = document.createElement('canvas');
  canvas.width = old.width;
  canvas.height = old.height;
  old.replaceWith(canvas);
  keepCrisp(canvas);
  return canvas;
}

class Board {
  readonly #port: MessagePort;
  readonly #processors = new ProcessorSupply();
  #machine: BoardMachine | null = null;
  #gpu: Promise<GpuContext> | null = null;
  #canvasKind: Engine['kind'] | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = (event: MessageEvent<BoardRequest>) => {
      const request = event.data;
      this.#answer(request).then(
        (value) => this.#send({ type: 'answer', id: request.id, value }),
        (error: unknown) =>
          this.#send({
            type: 'error',
            id: request.id,
            message: error instanceof Error ? error.message : String(error),
          }),
      );
    };
    addEventListener('error', ({ message }) => this.#confess(message));
    addEventListener('unhandledrejection', ({ reason }) => this.#confess(String(reason)));
    this.#send({ type: 'ready' });
  }

  /** An error of the board's own: it must not stay in a console that nobody reads. */
  #confess(what: string): void {
    const text = `The board itself failed, which is no fault of the driver's: ${what}`;
    this.#send({ type: 'events', events: [{ type: 'log', source: 'device', level: 'error', text }] });
  }

  #send(message: BoardMessage): void {
    this.#port.postMessage(message);
  }

  async #answer(request: BoardRequest): Promise<BoardAnswers[BoardRequest['type']]> {
    if (request.type === 'boot') return this.#boot(request);
    if (request.type === 'holdings') return gpuHoldings();
    const machine = this.#machine;
    if (!machine) throw new Error(`board: '${request.type}' without a machine`);
    switch (request.type) {
      case 'stop': {
        const shutdown = await machine.stop(request.graceMs);
        return { stats: machine.stats(), shutdown };
      }
      case 'screen':
        return (await machine.engine?.screen()) ?? { width: 0, height: 0, pixels: new Uint8ClampedArray(0) };
      case 'frames':
        await machine.frames(request.count);
        return null;
      case 'common-buffers':
        return { list: await machine.commonBuffers() };
      case 'stats':
        return { stats: machine.stats() };
      case 'lose-device':
        (await this.#gpu)?.device?.destroy();
        return null;
      case 'trace':
        return machine.trace();
      case 'hold':
        machine.hold(request.how);
        return null;
      case 'close':
        machine.close();
        if (this.#machine === machine) this.#machine = null;
        return null;
    }
  }

  async #boot(request: Extract<BoardRequest, { type: 'boot' }>): Promise<BoardAnswers['boot']> {
    this.#machine?.close();
    const machine = new BoardMachine(request.options, (events) => this.#send({ type: 'events', events }));
    this.#machine = machine;
    const gpu = await this.#chooseEngine(request.options);
    const kind = gpu ? 'webgpu' : 'software';
    const canvas = this.#canvasKind === null || this.#canvasKind === kind ? monitor() : freshMonitor();
    this.#canvasKind = kind;
    const factory: EngineFactory = async (options) =>
      gpu
        ? { engine: await createWebGpuEngine(gpu, options), apertureBytes: gpu.apertureBytes }
        : { engine: createSoftwareEngine(options), apertureBytes: request.options.ramBytes };
    const engine = await machine.boot(request.program, () => this.#processors.take(), canvas, factory);
    return { engine: engine.kind, adapter: engine.adapter };
  }

  /** The GPU that will serve, or null for the software engine. */
  async #chooseEngine(options: BoardOptions): Promise<GpuContext | null> {
    if (options.engine === 'software') return null;
    try {
      this.#gpu ??= openGpuContext();
      const context = await this.#gpu;
      await context.ready();
      return context;
    } catch (error) {
      this.#gpu = null;
      if (options.engine === 'webgpu') throw error;
      return null;
    }
  }
}

/** The one way out that no policy of browsers forbids. Workers do not have it, and a frame within this one runs no script but this. */
function closeWebRtc(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name);
}

closeWebRtc();
style();
keepLedger();
keepCrisp(monitor());

// The page hands over one end of a channel; only the page that made this frame may, and only once.
addEventListener('message', function connect(event: MessageEvent) {
  const [port] = event.ports;
  if (event.source !== parent || event.data !== 'videoport-board' || !port) return;
  removeEventListener('message', connect);
  new Board(port);
});
