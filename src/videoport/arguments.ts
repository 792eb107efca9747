/**
 * What drivers pass to the port, held against what the DDK declares. A C compiler would refuse most of it, or convert
 * it; JavaScript hands over anything. Each check here names the function, the parameter, what it was and what is
 * wanted, in a finding (`bad-argument`) at the driver's line, and tells its caller whether to go on.
 */
import { ERROR_INVALID_PARAMETER, statusName } from '../ddi/status.ts';
import { NULL, type Out, type PHYSICAL_ADDRESS, type ULONG, type VP_STATUS } from '../ddi/types.ts';
import { port } from './port.ts';

/** Any function, whatever it takes: only a callback's being one is looked at. */
type Callable = (...args: never) => unknown;

/** A value as a sentence names it: numbers as they are, all else with its kind, so that `64n` is not told as 64. */
export function told(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `the bigint ${value}n`;
    case 'string':
      return `the string ${JSON.stringify(value.slice(0, 40))}`;
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

/** A status that a callback returned, as a sentence names it; it may be anything. */
export function toldStatus(status: unknown): string {
  if (status === undefined) return 'nothing';
  return Number.isInteger(status) ? statusName(status as number) : told(status);
}

/** NULL in all its spellings: 0, null, and an argument that was left out. */
export const isNull = (value: unknown): value is typeof NULL | null | undefined =>
  value === NULL || value === null || value === undefined;

/** Reports that `parameter` of `caller` is not `wanted`. */
export function reportArgument(caller: string, parameter: string, value: unknown, wanted: string): void {
  const shown = typeof value === 'number' || typeof value === 'bigint' ? value : 0;
  port.observer?.report(
    'bad-argument',
    [shown, 0, 0, 0],
    `${caller}: ${parameter} is ${told(value)}; it must be ${wanted}`,
  );
}

/** Tells whether a value is a number that a ULONG can hold. */
export const isUlong = (value: unknown): value is ULONG => typeof value === 'number' && value >>> 0 === value;

/** Makes sure that an argument is a ULONG: a whole number, not negative and below 2³². */
export function checkUlong(
  value: unknown,
  caller: string,
  parameter: string,
  wanted = 'a whole number below 4 GiB',
): value is ULONG {
  if (isUlong(value)) return true;
  reportArgument(caller, parameter, value, wanted);
  return false;
}

/** Tells whether a value is 32 bits, read as signed or not: `|` and `~` make signed numbers of flags. */
const isBits = (value: unknown): value is number =>
  typeof value === 'number' && (value >>> 0 === value || (value | 0) === value);

/** Makes sure that an argument is 32 bits: flags, a tag. */
export function checkBits(value: unknown, caller: string, parameter: string): value is number {
  if (isBits(value)) return true;
  reportArgument(caller, parameter, value, 'a whole number of 32 bits');
  return false;
}

/** Makes sure that an argument is a physical, bus or logical address: a bigint of 64 bits. */
export function checkAddress(value: unknown, caller: string, parameter: string): value is PHYSICAL_ADDRESS {
  if (typeof value === 'bigint' && value >= 0n && value < 1n << 64n) return true;
  reportArgument(
    caller,
    parameter,
    value,
    isUlong(value) ? `a 64-bit address, which is a bigint: ${value}n` : 'a 64-bit address, which is a bigint',
  );
  return false;
}

/** Makes sure that a kernel could write through an [out] parameter: NULL or a number is a page fault there. */
export function checkOut<T>(value: Out<T> | unknown, caller: string, parameter: string): value is Out<T> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true;
  reportArgument(caller, parameter, value, 'an out() parameter: what the function has to tell is written through it');
  return false;
}

/** The same for an [out] parameter that may be NULL: null when there is nothing to write through. */
export function optionalOut<T>(value: Out<T> | unknown, caller: string, parameter: string): Out<T> | null {
  return !isNull(value) && checkOut<T>(value, caller, parameter) ? value : null;
}

/** Makes sure that an argument is a callback: a kernel that calls NULL or a number crashes, and only when it calls. */
export function checkCallback(value: Callable | unknown, caller: string, parameter: string): value is Callable {
  if (typeof value === 'function') return true;
  reportArgument(caller, parameter, value, 'a function: it is called back');
  return false;
}

/** Makes sure that an argument is a structure. */
export function checkStructure(value: unknown, caller: string, parameter: string): value is object {
  if (typeof value === 'object' && value !== null) return true;
  reportArgument(caller, parameter, value, 'a structure');
  return false;
}

/**
 * The bits that a driver writes to a register or port. Signed or unsigned, any number of 32 bits will do, as C converts
 * it to the register's width; anything else is told, and of a number the low bits are written, of all else 0.
 */
export function writtenBits(value: unknown, caller: string): number {
  if (checkBits(value, caller, 'Value')) return value;
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : typeof value === 'number' ? value >>> 0 : 0;
}

/** What a query callback returned, when it is a status; otherwise says what it was, and gives one that is. */
export function callbackStatus(callback: string, status: unknown): VP_STATUS {
  if (Number.isInteger(status)) return status as VP_STATUS;
  port.observer?.report(
    'callback-contract',
    [0, 0, 0, 0],
    `${callback} returned ${toldStatus(status)}; it must return a VP_STATUS`,
  );
  return ERROR_INVALID_PARAMETER;
}
