/**
 * RingGPU's register map: one table from which come the driver's constants, the front's behaviour, the engine's
 * word indices and the register chapter of docs/device.md.
 */
import { LOCAL_MEMORY_BYTES } from '../../bus/board-memory.ts';

/** Who may write a register, and how: read-only, read/write, or write 1 to clear. */
export type Access = 'RO' | 'RW' | 'W1C';

/** What the map says of one register, or of a row of them. */
export interface Register {
  /** Byte offset in BAR 0. */
  readonly offset: number;
  readonly access: Access;
  readonly reset: number;
  /** Registers in a row, four bytes apart; 1 when left out. */
  readonly count?: number;
  /** What each register of a row has in its reset value beyond the one before it; 0 when left out. */
  readonly step?: number;
  readonly text: string;
}

/** PCI identity: numbers that no real device carries. */
export const RINGGPU_VENDOR_ID = 0x5250;
export const RINGGPU_DEVICE_ID = 0x0001;

/** Value of the ID register: "RGPU". */
export const RINGGPU_ID = 0x52475055;

export const RINGGPU_REGISTERS = {
  ID: {
    offset: 0x000,
    access: 'RO',
    reset: RINGGPU_ID,
    text: 'Always 52475055h, "RGPU": check it before anything else.',
  },
  REVISION: { offset: 0x004, access: 'RO', reset: 0x0001_0000, text: 'Major revision in bits 31:16, minor in 15:0.' },
  CONTROL: {
    offset: 0x008,
    access: 'RW',
    reset: 0,
    text: 'ENABLE lets the ring run. RESET returns the device to its power-on state; STATUS.RESETTING is set until that is done.',
  },
  STATUS: { offset: 0x00c, access: 'RO', reset: 0, text: 'What the device is doing.' },
  INT_STATUS: {
    offset: 0x010,
    access: 'W1C',
    reset: 0,
    text: 'Pending interrupt causes. Write 1 to clear. The line is asserted while INT_STATUS & INT_ENABLE is not 0.',
  },
  INT_ENABLE: { offset: 0x014, access: 'RW', reset: 0, text: 'Which causes assert the interrupt line.' },
  LOCAL_SIZE: {
    offset: 0x018,
    access: 'RO',
    reset: LOCAL_MEMORY_BYTES,
    text: 'Bytes of local memory. Packets find it at logical addresses from 1000000000h on, the processor from offset 2000000h of BAR 0.',
  },
  RING_BASE_LO: {
    offset: 0x020,
    access: 'RW',
    reset: 0,
    text: 'Logical address of the ring, low half; aligned to 4096.',
  },
  RING_BASE_HI: { offset: 0x024, access: 'RW', reset: 0, text: 'High half.' },
  RING_SIZE: {
    offset: 0x028,
    access: 'RW',
    reset: 0,
    text: 'Bytes in the ring: a power of two, 4096 to 1048576. Writing it sets RING_HEAD and RING_TAIL to 0.',
  },
  RING_HEAD: {
    offset: 0x02c,
    access: 'RO',
    reset: 0,
    text: 'Byte offset of the first packet that is not retired. Everything before it is done and its bytes are in memory. Within the buffer of an INDIRECT it stays at that.',
  },
  RING_TAIL: {
    offset: 0x030,
    access: 'RW',
    reset: 0,
    text: 'Byte offset behind the last packet. Writing it is the doorbell.',
  },
  FENCE_VALUE: { offset: 0x040, access: 'RO', reset: 0, text: 'Value of the last FENCE that retired.' },
  FENCE_ADDR_LO: {
    offset: 0x044,
    access: 'RW',
    reset: 0,
    text: 'Logical address to which a FENCE writes its value (4 bytes, aligned to 4); 0 in both halves: none.',
  },
  FENCE_ADDR_HI: { offset: 0x048, access: 'RW', reset: 0, text: 'High half.' },
  SCANOUT_CONTROL: {
    offset: 0x060,
    access: 'RW',
    reset: 0,
    text: 'ENABLE shows the surface that the SCANOUT registers (or the last FLIP) name; without it the screen is dark.',
  },
  SCANOUT_BASE_LO: {
    offset: 0x064,
    access: 'RW',
    reset: 0,
    text: 'Logical address of the surface on show. Latched at vblank.',
  },
  SCANOUT_BASE_HI: { offset: 0x068, access: 'RW', reset: 0, text: 'High half.' },
  SCANOUT_PITCH: { offset: 0x06c, access: 'RW', reset: 0, text: 'Bytes from one line to the next, a multiple of 4.' },
  SCANOUT_FORMAT: { offset: 0x070, access: 'RW', reset: 0, text: 'Pixel format of the surface.' },
  SCANOUT_SIZE: { offset: 0x074, access: 'RW', reset: 0, text: 'Width in bits 15:0, height in bits 31:16.' },
  SCANOUT_ACTIVE_LO: {
    offset: 0x078,
    access: 'RO',
    reset: 0,
    text: 'Logical address of the surface that has been on the screen since the last vblank.',
  },
  SCANOUT_ACTIVE_HI: { offset: 0x07c, access: 'RO', reset: 0, text: 'High half.' },
  VBLANK_COUNT: { offset: 0x080, access: 'RO', reset: 0, text: 'Vertical blanks since power-on or reset.' },
  POINTER_CONTROL: {
    offset: 0x084,
    access: 'RW',
    reset: 0,
    text: 'ENABLE lays the pointer over the picture. MONO: its image is an AND mask with an XOR mask behind it; without, A8R8G8B8.',
  },
  POINTER_BASE_LO: {
    offset: 0x088,
    access: 'RW',
    reset: 0,
    text: 'Logical address of the pointer’s image, a multiple of 4. All POINTER registers are latched at vblank.',
  },
  POINTER_BASE_HI: { offset: 0x08c, access: 'RW', reset: 0, text: 'High half.' },
  POINTER_PITCH: {
    offset: 0x090,
    access: 'RW',
    reset: 0,
    text: 'Bytes from one line of the image, or of either mask, to the next, a multiple of 4 below 65536.',
  },
  POINTER_SIZE: { offset: 0x094, access: 'RW', reset: 0, text: 'Width in bits 15:0, height in 31:16; 1 to 64 each.' },
  POINTER_HOT_SPOT: {
    offset: 0x098,
    access: 'RW',
    reset: 0,
    text: 'The pixel of the image that points: x in bits 15:0, y in 31:16.',
  },
  POINTER_POSITION: {
    offset: 0x09c,
    access: 'RW',
    reset: 0,
    text: 'Where on the screen the hot spot is: x in bits 15:0, y in 31:16, both signed.',
  },
  FAULT_CODE: { offset: 0x0a0, access: 'RO', reset: 0, text: 'Why the ring stopped; 0: it did not.' },
  FAULT_ADDR_LO: { offset: 0x0a4, access: 'RO', reset: 0, text: 'Logical address that caused the fault, if one did.' },
  FAULT_ADDR_HI: { offset: 0x0a8, access: 'RO', reset: 0, text: 'High half.' },
  FAULT_RING: {
    offset: 0x0ac,
    access: 'RO',
    reset: 0,
    text: 'Byte offset in the ring of the packet that faulted, or of the INDIRECT that led to it.',
  },
  FAULT_INFO: {
    offset: 0x0b0,
    access: 'RO',
    reset: 0,
    text: 'First word of that packet; for RING_TAIL faults the value that was written.',
  },
  COLOUR_TABLE_LO: {
    offset: 0x0b8,
    access: 'RW',
    reset: 0,
    text: 'Logical address of the colour table of P8 sources: 256 words A8R8G8B8, aligned to 4. Read when the packet is fetched.',
  },
  COLOUR_TABLE_HI: { offset: 0x0bc, access: 'RW', reset: 0, text: 'High half.' },
  SCRATCH: { offset: 0x0c0, access: 'RW', reset: 0, text: 'Nothing: for trying whether registers answer.' },
  DDC: {
    offset: 0x0c4,
    access: 'RW',
    reset: 0x3,
    text: 'The two lines of the monitor’s data channel (I²C, open drain). SCL_OUT and SDA_OUT: 1 lets the line go, 0 pulls it low. SCL_IN and SDA_IN, read-only: what the line is. The monitor answers at address A0h with its EDID.',
  },
  FAULT_PACKET_LO: {
    offset: 0x0d0,
    access: 'RO',
    reset: 0,
    text: 'Logical address of the packet that faulted, when it lies in a buffer that an INDIRECT named; 0 in both halves: it lies in the ring.',
  },
  FAULT_PACKET_HI: { offset: 0x0d4, access: 'RO', reset: 0, text: 'High half.' },
  LUT: {
    offset: 0x400,
    access: 'RW',
    reset: 0,
    count: 256,
    step: 0x010101,
    text: "The monitor's table: entry n, R in 23:16, G in 15:8, B in 7:0, is the colour of P8 pixels n; with SCANOUT_CONTROL.GAMMA the channels of all other pixels go through its channels.",
  },
} as const satisfies Record<string, Register>;

/** Names of the registers. */
export type RegisterName = keyof typeof RINGGPU_REGISTERS;

/** CONTROL bits. */
export const RINGGPU_CONTROL_ENABLE = 1;
export const RINGGPU_CONTROL_RESET = 2;

/** STATUS bits: packets are being fetched or executed; a reset is under way; the ring is stopped by a fault. */
export const RINGGPU_STATUS_BUSY = 1;
export const RINGGPU_STATUS_RESETTING = 2;
export const RINGGPU_STATUS_FAULTED = 4;

/** INT_STATUS and INT_ENABLE bits. */
export const RINGGPU_INT_VBLANK = 1;
export const RINGGPU_INT_FENCE = 2;
export const RINGGPU_INT_FAULT = 4;
export const RINGGPU_INT_FLIP = 8;
/** The GPU behind the device was lost and has been rebuilt from memory; unretired packets are executed again. */
export const RINGGPU_INT_LOST = 16;

/** DDC bits: the host's side of clock and data line, and what the lines are. */
export const RINGGPU_DDC_SCL_OUT = 1;
export const RINGGPU_DDC_SDA_OUT = 2;
export const RINGGPU_DDC_SCL_IN = 4;
export const RINGGPU_DDC_SDA_IN = 8;

/** SCANOUT_CONTROL bits. */
export const RINGGPU_SCANOUT_ENABLE = 1;
/** Each channel of a pixel that has channels is looked up in LUT. */
export const RINGGPU_SCANOUT_GAMMA = 2;

/** POINTER_CONTROL bits: there is a pointer; its image is two masks of one bit a pixel, not A8R8G8B8. */
export const RINGGPU_POINTER_ENABLE = 1;
export const RINGGPU_POINTER_MONO = 2;

/** Width and height of the pointer's image, at most. */
export const RINGGPU_POINTER_EXTENT = 64;

/** Pixel formats, as 32-, 32-, 16- and 8-bit numbers; the first letter stands for the highest bits. */
export const RINGGPU_FORMAT_X8R8G8B8 = 0;
export const RINGGPU_FORMAT_A8R8G8B8 = 1;
export const RINGGPU_FORMAT_R5G6B5 = 2;
export const RINGGPU_FORMAT_P8 = 3;

/** FAULT_CODE values. */
export const RINGGPU_FAULT_NONE = 0;
/** Opcode that the packet table does not list. */
export const RINGGPU_FAULT_OPCODE = 1;
/** Packet length is not what its opcode wants, or the packet reaches past RING_TAIL. */
export const RINGGPU_FAULT_LENGTH = 2;
/** A logical address that the IOMMU does not map, or one beyond the end of local memory. */
export const RINGGPU_FAULT_UNMAPPED = 3;
/** A write to a range that is mapped read-only. */
export const RINGGPU_FAULT_READ_ONLY = 4;
/** RING_TAIL beyond RING_SIZE or not a multiple of 4. */
export const RINGGPU_FAULT_TAIL = 5;
/** RING_BASE or RING_SIZE cannot be: not aligned, not a power of two, out of bounds. */
export const RINGGPU_FAULT_RING = 6;
/**
 * A surface that cannot be: pitch too small or not a multiple of 4, size 0 or beyond 16384, unknown format, address not
 * a multiple of 4; or one that this packet may not write, or may not write and read at once. Likewise what a WRITE_BACK copies,
 * and where FENCE and TIMESTAMP write.
 */
export const RINGGPU_FAULT_SURFACE = 7;
/** The GPU has not the memory that the driver's common buffers, or local memory, need. */
export const RINGGPU_FAULT_MEMORY = 8;
/**
 * An INDIRECT that cannot be: its buffer is executed already, is the fifth within one another, lies in local memory, is not
 * aligned to 4, or has no words or more than 65536.
 */
export const RINGGPU_FAULT_INDIRECT = 9;

/** Index in the register file (32-bit words) of each register, for front and engine. */
export const REGISTER_WORD = Object.fromEntries(
  Object.entries(RINGGPU_REGISTERS).map(([name, register]) => [name, register.offset / 4]),
) as { readonly [name in RegisterName]: number };

/** Every register of the file, those of a row one by one: its word, who may write it, and what it holds after a reset. */
export const REGISTER_FILE: readonly { readonly word: number; readonly access: Access; readonly reset: number }[] =
  Object.values<Register>(RINGGPU_REGISTERS).flatMap(({ offset, access, reset, count = 1, step = 0 }) =>
    Array.from({ length: count }, (_, n) => ({ word: offset / 4 + n, access, reset: reset + n * step })),
  );

/** Byte offsets as a driver's header would have them. */
export const RINGGPU_REG = Object.fromEntries(
  Object.entries(RINGGPU_REGISTERS).map(([name, register]) => [name, register.offset]),
) as { readonly [name in RegisterName]: (typeof RINGGPU_REGISTERS)[name]['offset'] };

/** BAR 1, the I/O ports: a register's byte offset goes to INDEX, then DATA is that register. */
export const RINGGPU_PORT_INDEX = 0;
export const RINGGPU_PORT_DATA = 4;

/** Bytes of BAR 0 (registers and local memory) and BAR 1 (ports). */
export const RINGGPU_BAR0_BYTES = 2 * LOCAL_MEMORY_BYTES;
export const RINGGPU_BAR1_BYTES = 8;

/** Bytes of the registers, at offset 0 of BAR 0. */
export const RINGGPU_REGISTER_BYTES = 4096;

/** Where local memory begins in BAR 0, and its bytes. */
export const RINGGPU_LOCAL_OFFSET = LOCAL_MEMORY_BYTES;
export const RINGGPU_LOCAL_BYTES = LOCAL_MEMORY_BYTES;

/**
 * Where local memory begins among the addresses that packets and SCANOUT registers hold: above all that the IOMMU maps. The low
 * half of such an address is an offset in local memory; the high half is RINGGPU_LOCAL_HI.
 */
export const RINGGPU_LOCAL_BASE = 0x10_0000_0000;
export const RINGGPU_LOCAL_HI = 0x10;

/**
 * Register-file word, beyond the documented registers, that counts writes of RING_SIZE, so that the engine notices
 * each.
 */
export const RING_GENERATION_WORD = 1023;

/**
 * Register-file words, beyond the documented registers, with the first doorbell since a reset that is a fault: what was written after it
 * would hide it from the engine. VALID is 1 when the others hold; TAIL, SIZE, BASE_LO and BASE_HI are the ring's registers then,
 * BEFORE what RING_TAIL held until then, GENERATION the RING_GENERATION_WORD.
 */
export const BAD_DOORBELL_WORD = {
  VALID: 1016,
  TAIL: 1017,
  SIZE: 1018,
  BASE_LO: 1019,
  BASE_HI: 1020,
  BEFORE: 1021,
  GENERATION: 1022,
} as const;
