/** A monitor's description of itself: EDID 1.3 (VESA Enhanced Extended Display Identification Data, 128 bytes). */

/** Bytes of the base block. */
export const EDID_BYTES = 128;

const HEADER = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

/** A timing: pixels of a line and lines of a frame, visible and blanked. */
interface Timing {
  /** In units of 10 kHz. */
  readonly clock: number;
  readonly width: number;
  readonly horizontalBlank: number;
  readonly height: number;
  readonly verticalBlank: number;
  readonly syncOffset: number;
  readonly syncWidth: number;
}

/** 1280 × 720 at 60 Hz (CTA-861, format 4). */
const PREFERRED: Timing = {
  clock: 7425,
  width: 1280,
  horizontalBlank: 370,
  height: 720,
  verticalBlank: 30,
  syncOffset: 110,
  syncWidth: 40,
};

/** Three letters, five bits each. */
const manufacturer = (letters: string): number =>
  [...letters].reduce((word, letter) => (word << 5) | (letter.charCodeAt(0) - 64), 0);

function detailed(timing: Timing): number[] {
  const { clock, width, horizontalBlank, height, verticalBlank, syncOffset, syncWidth } = timing;
  return [
    clock & 0xff,
    clock >> 8,
    width & 0xff,
    horizontalBlank & 0xff,
    ((width >> 8) << 4) | (horizontalBlank >> 8),
    height & 0xff,
    verticalBlank & 0xff,
    ((height >> 8) << 4) | (verticalBlank >> 8),
    syncOffset & 0xff,
    syncWidth & 0xff,
    0x55,
    0,
    320 & 0xff,
    180 & 0xff,
    (320 >> 8) << 4,
    0,
    0,
    // Separate sync, both positive.
    0x1e,
  ];
}

/** A descriptor that carries text, ended by a line feed and filled with spaces. */
function text(kind: number, value: string): number[] {
  const characters = [...value].map((character) => character.charCodeAt(0));
  return [0, 0, 0, kind, 0, ...[...characters, 0x0a, ...new Array<number>(13).fill(0x20)].slice(0, 13)];
}

/** The EDID of the playground's monitor: 1280 × 720 preferred, the VESA modes that mini offers besides. */
export function createEdid(): Uint8Array {
  const edid = new Uint8Array(EDID_BYTES);
  edid.set(HEADER);
  const view = new DataView(edid.buffer);
  view.setUint16(8, manufacturer('VPD'));
  view.setUint16(10, 0x0001, true);
  view.setUint32(12, 1, true);
  // Week 1 of 2003, EDID 1.3, digital, 32 × 18 cm, gamma 2.2, RGB, preferred timing first.
  edid.set([1, 13, 1, 3, 0x80, 32, 18, 120, 0x0a], 16);
  // Chromaticity of sRGB.
  edid.set([0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54], 25);
  // Established: 640 × 480, 800 × 600, 1024 × 768, all at 60 Hz.
  edid.set([0x21, 0x08, 0x00], 35);
  // Standard: 1920 × 1080 at 60 Hz; the others are unused.
  edid.fill(0x01, 38, 54);
  edid.set([1920 / 8 - 31, 0xc0], 38);
  edid.set(detailed(PREFERRED), 54);
  edid.set(text(0xfc, 'Playground'), 72);
  edid.set(text(0xff, '0001'), 90);
  // Range limits: 50 to 75 Hz, 30 to 80 kHz, 160 MHz.
  edid.set([0, 0, 0, 0xfd, 0, 50, 75, 30, 80, 16, 0, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20], 108);
  edid[127] = -edid.subarray(0, 127).reduce((sum, byte) => sum + byte, 0) & 0xff;
  return edid;
}
