/** Where operands stand in their packets, out of the packet table: for those who execute packets. */
import { type PacketName, RINGGPU_PACKETS } from '../devices/ringgpu/packets.ts';

/** Word index of an operand within its packet; the header is word 0. */
function operandIndex(packet: PacketName, operand: string): number {
  const index = RINGGPU_PACKETS[packet].operands.findIndex(({ name }) => name === operand);
  if (index < 0) throw new Error(`operandIndex: ${packet} has no operand ${operand} in the packet table`);
  return index + 1;
}

/** Of packets that the engine executes, or turns into jobs, without a shader that reads them. */
export const ENGINE_OPERAND = {
  INDIRECT_BUFFER: operandIndex('INDIRECT', 'bufferLo'),
  INDIRECT_WORDS: operandIndex('INDIRECT', 'words'),
  TIMESTAMP_ADDRESS: operandIndex('TIMESTAMP', 'addressLo'),
  WRITE_BACK_DESTINATION: operandIndex('WRITE_BACK', 'destinationLo'),
  WRITE_BACK_SOURCE: operandIndex('WRITE_BACK', 'sourceLo'),
  WRITE_BACK_BYTES: operandIndex('WRITE_BACK', 'bytes'),
} as const;

/** By the names of the shader's `override` constants, whose values these are. */
export const OPERAND_INDEX = {
  FENCE_VALUE: operandIndex('FENCE', 'value'),
  FILL_PITCH: operandIndex('FILL_RECT', 'destinationPitch'),
  FILL_XY: operandIndex('FILL_RECT', 'destinationXY'),
  FILL_FORMAT: operandIndex('FILL_RECT', 'format'),
  FILL_COLOUR: operandIndex('FILL_RECT', 'colour'),
  // BLEND_RECT has the operands of COPY_RECT.
  COPY_DESTINATION_PITCH: operandIndex('COPY_RECT', 'destinationPitch'),
  COPY_DESTINATION_XY: operandIndex('COPY_RECT', 'destinationXY'),
  COPY_SOURCE_PITCH: operandIndex('COPY_RECT', 'sourcePitch'),
  COPY_SOURCE_XY: operandIndex('COPY_RECT', 'sourceXY'),
  COPY_FORMATS: operandIndex('COPY_RECT', 'formats'),
  DRAW_DESTINATION_PITCH: operandIndex('DRAW_TRIANGLES', 'destinationPitch'),
  DRAW_DESTINATION_XY: operandIndex('DRAW_TRIANGLES', 'destinationXY'),
  DRAW_SOURCE_PITCH: operandIndex('DRAW_TRIANGLES', 'sourcePitch'),
  DRAW_SOURCE_SIZE: operandIndex('DRAW_TRIANGLES', 'sourceSize'),
  DRAW_FORMATS: operandIndex('DRAW_TRIANGLES', 'formats'),
} as const;
