/**
 * C's printf formats as the kernel's debug output takes them (format specification syntax of the C run-time:
 * %[flags][width][.precision][size]type).
 */

/** Reads a string at an address: `wide` for UTF-16. */
export type StringReader = (address: number, wide: boolean) => string;

const SPECIFIER = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(I64|I32|ll|hh|h|l|w|I)?([diuoxXcCsSpZn%])/g;

/** A value as the bits of a C integer of `size`, signed or not. */
function integer(value: unknown, size: string | undefined, signed: boolean): bigint {
  const bits =
    typeof value === 'bigint'
      ? value
      : typeof value === 'number'
        ? BigInt(Math.trunc(Number.isFinite(value) ? value : 0))
        : value === true
          ? 1n
          : 0n;
  const width =
    size === 'I64' || size === 'll' || typeof value === 'bigint' ? 64 : size === 'h' ? 16 : size === 'hh' ? 8 : 32;
  return signed ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits);
}

/**
 * Formats `values` as `format` says. Strings may be JavaScript strings or addresses; missing arguments show as
 * `(missing)`.
 * @param readString how to read a string that is given by its address
 */
export function cFormat(format: string, values: readonly unknown[], readString: StringReader): string {
  let next = 0;
  const take = (): unknown => values[next++];
  return format.replace(
    SPECIFIER,
    (
      _,
      flags: string,
      widthText: string | undefined,
      precisionText: string | undefined,
      size: string | undefined,
      type: string,
    ) => {
      if (type === '%') return '%';
      let width = widthText === '*' ? Number(take()) : Number(widthText ?? 0);
      const precision =
        precisionText === '*' ? Number(take()) : precisionText === undefined ? -1 : Number(precisionText);
      let left = flags.includes('-');
      if (width < 0) {
        left = true;
        width = -width;
      }
      if (next >= values.length) return '(missing)';
      const value = take();
      let prefix = '';
      let digits = '';
      switch (type) {
        case 'd':
        case 'i': {
          const number = integer(value, size, true);
          prefix = number < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
          digits = (number < 0n ? -number : number).toString();
          break;
        }
        case 'u':
          digits = integer(value, size, false).toString();
          break;
        case 'o':
          digits = integer(value, size, false).toString(8);
          prefix = flags.includes('#') ? '0' : '';
          break;
        case 'x':
        case 'X': {
          const number = integer(value, size, false);
          digits = number.toString(16);
          prefix = flags.includes('#') && number !== 0n ? '0x' : '';
          if (type === 'X') {
            digits = digits.toUpperCase();
            prefix = prefix.toUpperCase();
          }
          break;
        }
        case 'p':
          digits = integer(value, size, false).toString(16).toUpperCase().padStart(8, '0');
          break;
        case 'c':
        case 'C':
          return pad(
            typeof value === 'string' ? value.slice(0, 1) : String.fromCharCode(Number(value) & 0xffff),
            width,
            left,
          );
        case 's':
        case 'S':
        case 'Z': {
          // A capital, or a prefix, asks for the wide form.
          const wide = type === 'S' || size === 'w' || size === 'l';
          const text =
            typeof value === 'number'
              ? value === 0
                ? '(null)'
                : readString(value, wide)
              : value === null || value === undefined
                ? '(null)'
                : String(value);
          return pad(precision >= 0 ? text.slice(0, precision) : text, width, left);
        }
        default:
          return '';
      }
      if (precision >= 0) digits = digits.padStart(precision, '0');
      else if (flags.includes('0') && !left) digits = digits.padStart(width - prefix.length, '0');
      return pad(prefix + digits, width, left);
    },
  );
}

/** Widths are bounded: a hostile one must not fill memory. */
function pad(text: string, width: number, left: boolean): string {
  const bounded = Math.min(width, 1024);
  return left ? text.padEnd(bounded) : text.padStart(bounded);
}
