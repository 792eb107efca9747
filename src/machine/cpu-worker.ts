/**
 * The CPU worker: the machine's one processor. Puts memory, bus, HAL and port together, runs the driver, and from then
 * on sits in the idle loop that an operating system would; it never returns to its event loop, so all that it hears and
 * says goes through shared memory.
 */
import {
  ATTENTION,
  ATTENTION_COMMAND,
  CALLBACK_NAME,
  CPU_HALTED,
  CPU_IDLE,
  CPU_RUNNING,
  CPU_STATE,
  FRAME_SPREAD,
  signalDevice,
} from '../bus/board-memory.ts';
import { IommuWriter } from '../bus/iommu.ts';
import { PciBus } from '../bus/pci.ts';
import { Windows } from '../bus/windows.ts';
import type { DriverEntry } from '../ddi/miniport.ts';
import type { Parameters4 } from '../ddi/observer.ts';
import { PAGE_SIZE } from '../ddi/types.ts';
import { RingGpuFront } from '../devices/ringgpu/front.ts';
import { DisplayError, disableSurface, enableSurface, type Surface } from '../display/display-driver.ts';
import { bitsPerPixel, modeNames } from '../display/modes.ts';
import { shakeHands } from '../display/win32k.ts';
import { DmaController } from '../hal/dma-adapter.ts';
import { explainLogical, releaseSite } from '../hal/logical-address.ts';
import { Processor } from '../hal/processor.ts';
import { AddressSpace, hex } from '../memory/address-space.ts';
import { FrameTable } from '../memory/frame-table.ts';
import { SharedRing } from '../memory/shared-ring.ts';
import { TraceRing } from '../memory/trace-ring.ts';
import { driverPositions, STACK_DEPTH } from '../verifier/source-position.ts';
import { createVerifier, formatParameters } from '../verifier/verifier.ts';
import { collectBugCheckData } from '../videoport/bug-check-callback.ts';
import { irqlName } from '../videoport/call-rules.ts';
import { enumerateDueChildren } from '../videoport/children.ts';
import { installPort, Port, type VideoDevice } from '../videoport/port.ts';
import { procAddress } from '../videoport/proc-address.ts';
import { resetAfterBugCheck } from '../videoport/reset-hardware.ts';
import { shutDown, startDriver } from '../videoport/start-device.ts';
import { timerTick } from '../videoport/timer.ts';
import { argumentTexts } from './argument-text.ts';
import type { CpuBoot, CpuCommand, CpuEvent } from './board-protocol.ts';
import { CpuTrace } from './cpu-trace.ts';
import { reportDeviceEvent } from './device-event.ts';
import { type Failure, loadDriver } from './driver-loader.ts';
import { freezeGlobals, lockDown } from './lockdown.ts';
import { trustScripts } from './trusted.ts';

/** A message that must arrive waits this long for room, this often. */
const ROOM_WAIT_MS = 5;
const ROOM_TRIES = 400;
/** A message must fit into the ring. */
const BUFFERS_PER_MESSAGE = 1000;

function start(boot: CpuBoot): void {
  const { memory } = boot;
  const control = new Int32Array(memory.control);
  const events = new SharedRing(memory.events);
  const commands = new SharedRing(memory.commands);
  let stopRequested = false;

  /** Says something to the board. Lines of the log are dropped when there is no room; everything else waits for it. */
  const emit = (event: CpuEvent): void => {
    const wasEmpty = events.empty;
    let sent = events.push(event);
    for (let tries = 0; !sent && event.type !== 'log' && tries < ROOM_TRIES; tries++) {
      signalDevice(control);
      Atomics.wait(control, CPU_STATE, Atomics.load(control, CPU_STATE), ROOM_WAIT_MS);
      sent = events.push(event);
    }
    if (wasEmpty) signalDevice(control);
  };

  const sendBuffers = (): void => {
    const list = [...dma.history].map((buffer) => ({
      virtual: hex(buffer.virtual),
      logical: hex(buffer.logical, 10),
      length: buffer.length,
      cacheEnabled: buffer.cacheEnabled,
      released: buffer.released,
    }));
    for (let at = 0; at === 0 || at < list.length; at += BUFFERS_PER_MESSAGE) {
      emit({
        type: 'common-buffers',
        list: list.slice(at, at + BUFFERS_PER_MESSAGE),
        last: at + BUFFERS_PER_MESSAGE >= list.length,
      });
    }
  };

  /** Nothing runs after this: the board ends the worker. */
  const halt = (): never => {
    Atomics.store(control, CPU_STATE, CPU_HALTED);
    signalDevice(control);
    for (;;) Atomics.wait(control, CPU_STATE, CPU_HALTED);
  };

  let crashed = false;
  const bugCheck = (code: number, parameters: Parameters4, sentence: string, cause: unknown): never => {
    // A second one, out of HwVidResetHw below: back to there.
    if (crashed) throw new Error(sentence);
    crashed = true;
    sendBuffers();
    emit({
      type: 'bugcheck',
      bugCheck: {
        code,
        parameters: formatParameters(parameters),
        message: sentence,
        positions: driverPositions(cause),
      },
    });
    collectBugCheckData(code);
    resetAfterBugCheck();
    return halt();
  };

  const processor = new Processor(control, bugCheck);
  const observer = boot.verifier
    ? createVerifier({
        found: (finding) => emit({ type: 'finding', finding }),
        bugCheck: (...args) => processor.bugCheck(...args),
      })
    : null;
  processor.observer = observer;
  const trace = boot.trace ? new CpuTrace(new TraceRing(boot.trace), processor) : null;
  processor.trace = trace;

  const ramPages = memory.ram.buffer.byteLength / PAGE_SIZE;
  const space = new AddressSpace(
    memory.ram,
    new FrameTable(ramPages, ramPages * FRAME_SPREAD, new Int32Array(memory.frames)),
  );
  const dma = new DmaController(space, new IommuWriter(memory), boot.apertureBytes);
  const bus = new PciBus();
  const front = new RingGpuFront(memory, observer);
  bus.plug(2, front.plug());
  const log: Port['log'] = (source, level, text) => emit({ type: 'log', source, level, text });
  const port = new Port({ processor, space, bus, windows: new Windows(bus), dma, observer, log });
  port.procAddress = procAddress;
  installPort(port);

  /** What an address is that the device was given and no adapter maps: the first mistake of every driver writer. */
  const whatElse = (address: bigint): string => {
    const known = explainLogical(dma.history, address);
    if (known || address >= BigInt(space.bytes.length)) return known;
    const region = space.regionAt(Number(address));
    return region ? ` ${hex(address)} is a virtual address of the processor's: the device needs the logical one.` : '';
  };

  const doorbell = (ringOffset: number) => front.doorbellSite(ringOffset);
  const released = (address: bigint) => releaseSite(dma.history, address);

  processor.onTimer = timerTick;
  processor.onHold = (call, parameters) => {
    const isExtension = (value: unknown): boolean => port.devices.some(({ extension }) => extension === value);
    emit({
      type: 'held',
      hold: {
        call,
        parameters: argumentTexts(parameters, isExtension),
        callback: processor.callback,
        irql: irqlName(processor.irql),
        positions: driverPositions(new Error()),
      },
    });
  };
  processor.onCommand = () => {
    // Cleared first: whoever pushes a command afterwards sets the bit again.
    Atomics.and(control, ATTENTION, ~ATTENTION_COMMAND);
    for (
      let command = commands.shift() as CpuCommand | undefined;
      command;
      command = commands.shift() as CpuCommand | undefined
    ) {
      if (command.type === 'stop') stopRequested = true;
      else if (command.type === 'common-buffers') sendBuffers();
      else if (command.type === 'where') emit({ type: 'whereabouts', positions: driverPositions(new Error()) });
      else reportDeviceEvent(command.event, observer, { doorbell, released, whatElse });
    }
  };

  const failure = live();
  sendBuffers();
  if (failure) {
    const positions = failure.position ? [failure.position] : driverPositions(failure.cause);
    emit({ type: 'failed', reason: failure.failed, positions });
  }
  emit({ type: 'done' });
  halt();

  /**
   * The machine's life, from the driver's first line to shutdown. Returns why it ended before a stop was asked for, or
   * null.
   */
  function live(): Failure | null {
    // The file's top level counts as part of DriverEntry for the watchdog.
    Atomics.store(control, CALLBACK_NAME, 0);
    Atomics.store(control, CPU_STATE, CPU_RUNNING);
    const loaded = loadDriver(boot.program.files, log, trace);
    if (trace) emit({ type: 'traced-functions', names: trace.functions });
    Atomics.store(control, CPU_STATE, CPU_IDLE);
    if ('failed' in loaded) return loaded;
    const failure = serve(loaded.driverEntry);
    shutDown();
    return failure;
  }

  /** Starts the driver, puts a desktop on the screen and idles until a stop is asked for. */
  function serve(driverEntry: DriverEntry): Failure | null {
    const started = startDriver(driverEntry);
    if ('failed' in started) return started;
    const device = started[0] as VideoDevice;
    let surface: Surface;
    try {
      shakeHands(device);
      surface = enableSurface(device, boot.mode);
    } catch (error) {
      if (error instanceof DisplayError) return { failed: error.message };
      throw error;
    }
    const { width, height } = boot.mode;
    const bits = boot.mode.bitsPerPixel === undefined ? '' : `×${boot.mode.bitsPerPixel}`;
    const asked = `${width}×${height}${bits}`;
    const set = `${surface.mode.VisScreenWidth}×${surface.mode.VisScreenHeight}${bits && `×${bitsPerPixel(surface.mode)}`}`;
    const instead =
      set === asked ? null : `the miniport offers no mode ${asked}: ${set} was set, out of ${modeNames(surface.modes)}`;
    emit({ type: 'mode', width: surface.mode.VisScreenWidth, height: surface.mode.VisScreenHeight, instead });
    if (instead) log('port', 'warn', instead);
    // Known from now on, even if the driver never comes back.
    sendBuffers();
    emit({ type: 'running' });
    while (!stopRequested) {
      processor.safepoint();
      enumerateDueChildren();
      if (!stopRequested) processor.waitForAttention(1000, false);
    }
    disableSurface(device, surface);
    return null;
  }
}

Error.stackTraceLimit = STACK_DEPTH;
const scope = globalThis as unknown as { onmessage: ((event: MessageEvent<CpuBoot>) => void) | null };
// Its first message is the last: a machine's life is one task. What can be done before it is done before it.
scope.onmessage = ({ data }) => start(data);
trustScripts();
lockDown(globalThis);
freezeGlobals(globalThis);
