import { expect } from 'chai';
import fc from 'fast-check';
import { ATTENTION_COMMAND, signalProcessor } from '../../src/bus/board-memory.ts';
import { IOCTLS } from '../../src/ddi/ioctl.ts';
import { REGISTER_WORD, RINGGPU_STATUS_RESETTING } from '../../src/devices/ringgpu/registers.ts';
import { changeMode, disableSurface, enableSurface } from '../../src/display/display-driver.ts';
import { engDeviceIoControl } from '../../src/display/eng-device-io-control.ts';
import { getModes } from '../../src/display/modes.ts';
import { defaultPalette } from '../../src/display/palette.ts';
import { hidePointer, movePointer, showPointer } from '../../src/display/pointer.ts';
import { getChildState, shareVideoMemory, unshareVideoMemory } from '../../src/display/queries.ts';
import { DriverEntry } from '../../src/miniports/classic.ts';
import * as vp from '../../src/videoport/index.ts';
import type { VideoDevice } from '../../src/videoport/port.ts';
import { setDevicePower } from '../../src/videoport/power.ts';
import { shutDown, startDriver } from '../../src/videoport/start-device.ts';
import { timerTick } from '../../src/videoport/timer.ts';
import { createKernel, type Kernel } from '../support/kernel.ts';

/** Starts classic in a kernel whose device finishes a reset at the next safepoint, as an engine without work would. */
function start(): { kernel: Kernel; device: VideoDevice; register: (name: keyof typeof REGISTER_WORD) => number } {
  const kernel = createKernel({ ramBytes: 32 * 1024 * 1024 });
  const words = new Int32Array(kernel.memory.registers);
  kernel.processor.onCommand = () => Atomics.and(words, REGISTER_WORD.STATUS, ~RINGGPU_STATUS_RESETTING);
  signalProcessor(kernel.processor.control, ATTENTION_COMMAND);
  const started = startDriver(DriverEntry);
  if ('failed' in started) throw new Error(started.failed);
  return { kernel, device: started[0] as VideoDevice, register: (name) => words[REGISTER_WORD[name]] ?? 0 };
}

const nothing = new Uint8Array(0);

/** The frame that the last FLIP named, read where the driver composed it. */
function lastFrame(kernel: Kernel, width: number, height: number): Uint32Array {
  const buffers = [...kernel.dma.history];
  const ring = new Uint32Array(kernel.port.space.buffer, buffers[0]?.virtual ?? 0, 1024);
  const tail = (new Int32Array(kernel.memory.registers)[REGISTER_WORD.RING_TAIL] ?? 0) / 4;
  const logical = ring[tail - 7];
  const frame = buffers.find((buffer) => Number(buffer.logical) === logical);
  return new Uint32Array(kernel.port.space.buffer, frame?.virtual ?? 0, width * height).slice();
}

describe('classic.ts, request by request', () => {
  it('starts with the largest structure, describes adapter and monitor, and writes HardwareInformation', () => {
    const { kernel, device } = start();
    expect(kernel.port.driver?.HwInitDataSize).to.equal(vp.SIZE_OF_WXP_VIDEO_HW_INITIALIZATION_DATA);
    expect(device.children.map(({ uid, type }) => [uid, type])).to.deep.equal([[1, vp.Monitor]]);
    const edid = device.children[0]?.descriptor.slice(0, 128) ?? nothing;
    expect(edid.reduce((sum, byte) => sum + byte, 0) % 256).to.equal(0);
    const values = ['ChipType', 'DacType', 'AdapterString', 'BiosString', 'MemorySize'].map((name) => {
      let bytes: number[] = [];
      const status = vp.VideoPortGetRegistryParameters(
        device.extension,
        `HardwareInformation.${name}`,
        false,
        (_ext, _context, _name, data, length) => {
          bytes = [...vp.mem.u8(data, length)];
          return vp.NO_ERROR;
        },
        null,
      );
      return [status, bytes.length];
    });
    expect(values).to.deep.equal([
      [0, 16],
      [0, 18],
      [0, 48],
      [0, 10],
      [0, 4],
    ]);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('offers every size in 8 and 32 bits, palette modes marked as such', () => {
    const { device } = start();
    const modes = getModes(device);
    expect(
      modes.map((mode) => `${mode.VisScreenWidth}x${mode.VisScreenHeight}x${mode.BitsPerPlane}`),
    ).to.include.members(['640x480x8', '640x480x32', '1280x720x32', '320x240x8']);
    for (const mode of modes) {
      expect((mode.AttributeFlags & vp.VIDEO_MODE_PALETTE_DRIVEN) !== 0).to.equal(mode.BitsPerPlane === 8);
      expect(mode.ScreenStride).to.equal((mode.VisScreenWidth * mode.BitsPerPlane) / 8);
    }
  });

  it('shows what the display driver draws: pixels as they are in 32 bits, through the palette in 8', () => {
    for (const bitsPerPixel of [8, 32]) {
      const { kernel, device } = start();
      const surface = enableSurface(device, { width: 640, height: 480, bitsPerPixel });
      expect(surface.pointer?.Flags).to.equal(vp.VIDEO_MODE_MONO_POINTER | vp.VIDEO_MODE_ASYNC_POINTER);
      const { FrameBufferBase, FrameBufferLength } = surface.memory;
      expect(FrameBufferLength).to.equal((640 * 480 * bitsPerPixel) / 8);
      // A system colour: these do not turn with the picture.
      if (bitsPerPixel === 8) vp.mem.u8(FrameBufferBase, FrameBufferLength).fill(249);
      else vp.mem.u32(FrameBufferBase, FrameBufferLength / 4).fill(0x123456);
      engDeviceIoControl(device, vp.IOCTL_VIDEO_DISABLE_POINTER, nothing, 0);
      const words = new Int32Array(kernel.memory.registers);
      // The flip takes effect and the fence passes; the next vertical blank asks for the next frame.
      const frames = [...kernel.dma.history].slice(2);
      Atomics.store(words, REGISTER_WORD.SCANOUT_ACTIVE_LO, Number(frames[0]?.logical));
      Atomics.store(words, REGISTER_WORD.INT_STATUS, 1);
      signalProcessor(kernel.processor.control, 1);
      kernel.processor.safepoint();
      const picture = lastFrame(kernel, 640, 480);
      const [red, green, blue] = defaultPalette()[249] ?? [0, 0, 0];
      const wanted = bitsPerPixel === 8 ? (red << 16) | (green << 8) | blue : 0x123456;
      // In 32 bits the driver repaints some lines itself: those at the top of this frame.
      expect(picture[320 + 300 * 640]).to.equal(wanted);
      expect(kernel.rules()).to.deep.equal([]);
    }
  });

  it('answers QUERY_CURRENT_MODE, the pointer’s attributes and position, colours, child state and shared memory', () => {
    const { kernel, device } = start();
    expect(engDeviceIoControl(device, vp.IOCTL_VIDEO_QUERY_CURRENT_MODE, nothing, 80).error).to.equal(1);
    const surface = enableSurface(device, { width: 800, height: 600 });
    const current = engDeviceIoControl(device, vp.IOCTL_VIDEO_QUERY_CURRENT_MODE, nothing, 80).output;
    expect(current.getUint32(4, true)).to.equal(surface.mode.ModeIndex);
    const attributes = engDeviceIoControl(device, vp.IOCTL_VIDEO_QUERY_POINTER_ATTR, nothing, 1024).output;
    expect([attributes.byteLength, attributes.getUint32(0x10, true), attributes.getInt16(0x14, true)]).to.deep.equal([
      0x18 + 256,
      1,
      400,
    ]);
    const position = engDeviceIoControl(device, vp.IOCTL_VIDEO_QUERY_POINTER_POSITION, nothing, 4).output;
    expect([position.getInt16(0, true), position.getInt16(2, true)]).to.deep.equal([400, 300]);
    expect(surface.colors?.Length).to.equal(0x48);
    expect([...surface.childStates]).to.deep.equal([[1, vp.VIDEO_CHILD_ACTIVE]]);
    expect(getChildState(device, 2)).to.equal(null);
    const view = { ProcessHandle: 4, ViewOffset: 4096, ViewSize: 8192, RequestedVirtualAddress: 0 };
    expect(shareVideoMemory(device, view)?.VirtualAddress).to.equal(surface.memory.FrameBufferBase + 4096);
    expect(shareVideoMemory(device, { ...view, ViewSize: 0xffff_0000 })).to.equal(null);
    expect(unshareVideoMemory(device, view)).to.equal(true);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('has the pointer plane show the arrow, in another place each time it changes, and moves it by a register', () => {
    const { kernel, device, register } = start();
    const surface = enableSurface(device, { width: 800, height: 600 });
    const images = [...kernel.dma.history].at(-1);
    /** Where the image on show lies in the driver's buffer for images, and its AND mask's first lines. */
    const offset = () => (register('POINTER_BASE_LO') >>> 0) - Number(images?.logical);
    const masks = () => [...vp.mem.u8((images?.virtual ?? 0) + offset(), 17 * 8)];
    const [place, arrow] = [offset(), masks()];
    // Its first line has one black dot, its last none that count.
    expect(arrow.slice(0, 4)).to.deep.equal([0x7f, 0xff, 0xff, 0xff]);
    expect(register('POINTER_CONTROL')).to.equal(3);
    expect([register('POINTER_PITCH'), register('POINTER_SIZE')]).to.deep.equal([8, (32 << 16) | 32]);
    expect(register('POINTER_POSITION')).to.equal((300 << 16) | 400);
    expect(movePointer(device, -5, 7)).to.equal(true);
    expect(register('POINTER_POSITION')).to.equal((7 << 16) | 0xfffb);
    expect(surface.pointer && showPointer(device, surface.pointer, 1, 2)).to.equal(true);
    expect(offset()).not.to.equal(place);
    expect(masks()).to.deep.equal(arrow);
    hidePointer(device);
    expect(register('POINTER_CONTROL')).to.equal(0);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('does not move the frame buffer when a mode is set again, and changes modes', () => {
    const { kernel, device } = start();
    const first = enableSurface(device, { width: 640, height: 480 });
    const second = changeMode(device, first, { width: 1024, height: 768, bitsPerPixel: 8 });
    expect(second.memory.FrameBufferBase).to.equal(first.memory.FrameBufferBase);
    expect(second.mode.VisScreenWidth).to.equal(1024);
    disableSurface(device, second);
    expect(engDeviceIoControl(device, vp.IOCTL_VIDEO_QUERY_CURRENT_MODE, nothing, 80).error).to.equal(1);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('leaves what is in the frame buffer alone when VIDEO_MODE_NO_ZERO_MEMORY asks for it', () => {
    const { device } = start();
    const { mode, memory } = enableSurface(device, { width: 640, height: 480, bitsPerPixel: 8 });
    const pixels = vp.mem.u8(memory.FrameBufferBase, 640 * 480).fill(7);
    const request = (flags: number) => {
      const input = new Uint8Array(4);
      new DataView(input.buffer).setUint32(0, mode.ModeIndex + flags, true);
      engDeviceIoControl(device, vp.IOCTL_VIDEO_SET_CURRENT_MODE, input, 0);
    };
    request(vp.VIDEO_MODE_NO_ZERO_MEMORY);
    expect(pixels.every((pixel) => pixel === 7)).to.equal(true);
    request(0);
    expect(pixels.every((pixel) => pixel === 7)).to.equal(false);
  });

  it('refuses what cannot be: wrong lengths, modes, palettes, pointers', () => {
    const { kernel, device } = start();
    enableSurface(device, { width: 640, height: 480 });
    const bytes = (length: number, ...words: number[]) => {
      const input = new Uint8Array(length);
      new Uint32Array(input.buffer, 0, words.length).set(words);
      return input;
    };
    const { ERROR_INSUFFICIENT_BUFFER: SHORT, ERROR_INVALID_PARAMETER: WRONG, ERROR_INVALID_FUNCTION: NOT } = vp;
    const mono = vp.VIDEO_MODE_MONO_POINTER;
    const cases: readonly (readonly [string, number, Uint8Array, number, number])[] = [
      ['modes without room', vp.IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, nothing, 7, SHORT],
      ['half the list of modes', vp.IOCTL_VIDEO_QUERY_AVAIL_MODES, nothing, 80, SHORT],
      ['a mode that is not there', vp.IOCTL_VIDEO_SET_CURRENT_MODE, bytes(4, 99), 0, WRONG],
      ['a mode without a number', vp.IOCTL_VIDEO_SET_CURRENT_MODE, bytes(3), 0, SHORT],
      ['a mapping without room', vp.IOCTL_VIDEO_MAP_VIDEO_MEMORY, bytes(4), 15, SHORT],
      ['a palette in 32 bits', vp.IOCTL_VIDEO_SET_COLOR_REGISTERS, bytes(8, 1), 0, NOT],
      ['a pointer that is too large', vp.IOCTL_VIDEO_SET_POINTER_ATTR, bytes(4096, mono, 65, 8, 9), 0, WRONG],
      ['lines shorter than the pointer', vp.IOCTL_VIDEO_SET_POINTER_ATTR, bytes(4096, mono, 32, 8, 3), 0, WRONG],
      ['a colour pointer', vp.IOCTL_VIDEO_SET_POINTER_ATTR, bytes(4096, 4, 32, 32, 4), 0, WRONG],
      ['masks that are cut off', vp.IOCTL_VIDEO_SET_POINTER_ATTR, bytes(0x18 + 255, mono, 32, 32, 4), 0, SHORT],
      ['another child', vp.IOCTL_VIDEO_GET_CHILD_STATE, bytes(4, 9), 4, WRONG],
      ['the registers, which the interrupt routine uses', vp.IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, nothing, 96, NOT],
    ];
    for (const [what, code, input, room, error] of cases)
      expect(engDeviceIoControl(device, code, input, room).error, what).to.equal(error);
    enableSurface(device, { width: 640, height: 480, bitsPerPixel: 8 });
    const palette = (entries: number, first: number, length: number) =>
      engDeviceIoControl(device, vp.IOCTL_VIDEO_SET_COLOR_REGISTERS, bytes(length, entries | (first << 16)), 0).error;
    expect([palette(2, 0, 8), palette(2, 255, 12), palette(1, 255, 8)]).to.deep.equal([SHORT, WRONG, vp.NO_ERROR]);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('bears any request with any bytes: no crash, no finding', () => {
    const { kernel, device } = start();
    enableSurface(device, { width: 320, height: 240 });
    const codes = IOCTLS.map(([, code]) => code);
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.uint8Array({ maxLength: 600 }),
        fc.integer({ min: 0, max: 1200 }),
        (code, input, room) => {
          engDeviceIoControl(device, code, input, room);
          return kernel.findings.length === 0;
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes off and comes back with its mode; the adapter cannot be suspended', () => {
    const { kernel, device, register } = start();
    enableSurface(device, { width: 320, height: 240 });
    expect(register('INT_ENABLE')).not.to.equal(0);
    expect(setDevicePower(device, vp.VideoPowerSuspend)).to.equal(vp.ERROR_DEVICE_REINITIALIZATION_NEEDED);
    expect(setDevicePower(device, vp.VideoPowerOn)).to.equal(vp.NO_ERROR);
    const before = register('RING_TAIL');
    expect(setDevicePower(device, vp.VideoPowerOff)).to.equal(vp.NO_ERROR);
    expect(register('RING_TAIL')).to.equal(0);
    expect(setDevicePower(device, vp.VideoPowerOn)).to.equal(vp.NO_ERROR);
    expect(register('SCANOUT_CONTROL')).to.equal(1);
    expect([before > 0, register('RING_TAIL') > 0]).to.deep.equal([true, true]);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('queues its DPC from the timer when no interrupt came for a second', () => {
    const { kernel, device } = start();
    enableSurface(device, { width: 320, height: 240 });
    const frame = () => (device.extension as { frameNumber: number }).frameNumber;
    const passAll = () => {
      const words = new Int32Array(kernel.memory.registers);
      const newest = (device.extension as { newest: { logical: bigint } | null }).newest;
      Atomics.store(words, REGISTER_WORD.SCANOUT_ACTIVE_LO, Number(newest?.logical ?? 0n));
    };
    passAll();
    timerTick();
    kernel.processor.safepoint();
    const shown = frame();
    timerTick();
    kernel.processor.lower(vp.PASSIVE_LEVEL);
    expect(frame()).to.equal(shown + 1);
    expect(kernel.rules()).to.deep.equal([]);
  });

  it('gives everything back at shutdown', () => {
    const { kernel, device } = start();
    const surface = enableSurface(device, { width: 640, height: 480 });
    disableSurface(device, surface);
    shutDown();
    expect(kernel.rules()).to.deep.equal([]);
    expect([...kernel.dma.history].every((buffer) => buffer.released)).to.equal(true);
  });
});
