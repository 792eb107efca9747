/**
 * A call's arguments in brief, for whoever steps through a driver. They are the driver's values and may be anything, a
 * proxy that throws among them: what cannot be looked at is a question mark.
 */

/** Longest text of one argument. */
const LONGEST = 48;
/** Characters of a string, and elements of an array, that are shown. */
const STRING_SHOWN = 32;
const ELEMENTS_SHOWN = 3;
/** Whole numbers from here on are addresses or masks more often than counts. */
const HEX_FROM = 0x10000;

/**
 * Writes the arguments as C would: `TRUE`, `NULL`, `0x20000`, `"text"`; `ext` is the device extension, `out` an `[out]`
 * parameter, `{…}` a structure.
 * @param isExtension tells the object that stands for a device
 * @returns one text an argument, without those left out at the end
 */
export function argumentTexts(values: readonly unknown[], isExtension: (value: unknown) => boolean): string[] {
  const given = values.slice(0, values.findLastIndex((value) => value !== undefined) + 1);
  return given.map((value) => {
    try {
      const text = isExtension(value) ? 'ext' : textOf(value);
      return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
    } catch {
      return '?';
    }
  });
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && value >= HEX_FROM ? `0x${value.toString(16)}` : String(value);
    case 'bigint':
      return value >= HEX_FROM ? `0x${value.toString(16)}` : String(value);
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'string':
      return JSON.stringify(value.length > STRING_SHOWN ? `${value.slice(0, STRING_SHOWN)}…` : value);
    case 'object':
      return value === null ? 'NULL' : objectText(value);
    case 'function':
      return String(value.name || 'function');
    default:
      return typeof value;
  }
}

function objectText(value: object): string {
  if (!Array.isArray(value)) return isOut(value) ? 'out' : '{…}';
  const shown = value.slice(0, ELEMENTS_SHOWN).map((element) => (typeof element === 'object' ? '…' : textOf(element)));
  return `[${shown.join(', ')}${value.length > ELEMENTS_SHOWN ? ', …' : ''}]`;
}

/** Is it what `out()` makes? */
function isOut(value: object): boolean {
  const names = Reflect.ownKeys(value);
  return names.length === 1 && names[0] === 'value';
}
