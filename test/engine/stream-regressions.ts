/** Streams that the engines must agree on before any random ones: those on which they once differed, and a few that were meant to be hard. */
import type { Stream } from './streams.ts';

/** Each with the number that its noise comes from: see `Twins.play`. `npm run soak` prints more of them. */
export const STREAM_REGRESSIONS: readonly [Stream, number][] = [
  // An INDIRECT whose packets write the buffer that they stand in, named twice: the second time it executes what they wrote.
  [
    {
      packets: [
        { words: [0x03000004, { buffer: 5, offset: 0 }, 0, { list: 0 }], doorbell: false },
        { words: [0x03000004, { buffer: 5, offset: 0 }, 0, { list: 0 }], doorbell: true },
      ],
      lists: [[0x10000008, { buffer: 5, offset: 28 }, 0, 128, 0, 0x00010001, 0, 0x12345678], [0x01000001]],
    },
    1,
  ],
  // Fences of which the next packet reads the last, and a time that is drawn over.
  [
    {
      packets: [
        { words: [0x02000002, 7, 0x02000002, 8], doorbell: false },
        { words: [0x04000003, { buffer: 4, offset: 8 }, 0, 0x02000002, 9], doorbell: false },
        { words: [0x1400_0006, { buffer: 0, offset: 4 }, 0, 64, 0x10, 4092], doorbell: false },
        { words: [0x1401_0006, 0, 0, 0, 0x10, 4096, 0x1000_0008, 0, 0x10, 128, 0, 0x00040004, 0, 5], doorbell: true },
      ],
      lists: [[0x01000001], [0x01000001]],
    },
    2,
  ],
];
