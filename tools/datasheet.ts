/**
 * Writes the register and packet tables of docs/device.md from the device's own tables: `tsx tools/datasheet.ts`.
 * What stands between `<!-- NAME -->` and `<!-- /NAME -->` is replaced; all else is written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as packets from '../src/devices/ringgpu/packets.ts';
import * as registers from '../src/devices/ringgpu/registers.ts';

const DATASHEET = fileURLToPath(new URL('../docs/device.md', import.meta.url));

const ACCESS = { RO: 'read', RW: 'read/write', W1C: 'write 1 to clear' } as const;

const OPERAND_TEXT: Readonly<Record<packets.OperandKind, string>> = {
  u32: '32 bits',
  'address-lo': 'logical address, low half',
  'address-hi': 'high half',
  pitch: 'bytes from line to line',
  xy: 'x in 15:0, y in 31:16',
  size: 'width in 15:0, height in 31:16',
  format: 'pixel format',
  formats: 'pixel formats: destination in 7:0, source in 15:8; 31:16 are 0',
  colour: 'pixel value',
};

function hex(value: number, digits: number): string {
  return `${value.toString(16).toUpperCase().padStart(digits, '0')}h`;
}

/** A table as the formatter wants it: columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)));
  const [first = '', ...others] = lines.map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others].join('\n');
}

function registerTable(): string {
  const rows = Object.entries(registers.RINGGPU_REGISTERS).map(([name, register]) => {
    const { offset, access, reset, count = 1, step = 0, text }: registers.Register = register;
    const place = count === 1 ? hex(offset, 3) : `${hex(offset, 3)} … ${hex(offset + 4 * (count - 1), 3)}`;
    const value = step === 0 ? (reset === 0 ? '0' : hex(reset, 8)) : `n × ${hex(step, 6)}`;
    return [place, `\`${name}\``, ACCESS[access], value, text];
  });
  return table(['Offset', 'Register', 'Access', 'Reset', 'Meaning'], rows);
}

/** Constants of the register header whose names begin so, but for those that are no bits, by value. */
function bits(prefix: string, others: readonly string[] = []): string {
  const constants = Object.entries(registers as Readonly<Record<string, unknown>>)
    .filter((entry): entry is [string, number] => entry[0].startsWith(prefix) && typeof entry[1] === 'number')
    .filter(([name]) => !others.includes(name.slice(prefix.length)))
    .sort(([, a], [, b]) => a - b);
  return constants.map(([name, value]) => `\`${name.slice(prefix.length)}\` ${value}`).join(' · ');
}

function bitTable(): string {
  return table(
    ['Register', 'Values'],
    [
      ['`CONTROL`', bits('RINGGPU_CONTROL_')],
      ['`STATUS`', bits('RINGGPU_STATUS_')],
      ['`INT_STATUS`, `INT_ENABLE`', bits('RINGGPU_INT_')],
      ['`SCANOUT_CONTROL`', bits('RINGGPU_SCANOUT_')],
      ['`SCANOUT_FORMAT`', bits('RINGGPU_FORMAT_')],
      ['`POINTER_CONTROL`', bits('RINGGPU_POINTER_', ['EXTENT'])],
      ['`FAULT_CODE`', bits('RINGGPU_FAULT_')],
    ],
  );
}

function packetTable(): string {
  const sections = (Object.keys(packets.RINGGPU_PACKETS) as packets.PacketName[]).map((name) => {
    const packet: packets.Packet = packets.RINGGPU_PACKETS[name];
    const words = name === 'NOP' ? 'any number of words' : `${packets.packetWords(name)} words`;
    const flags = packet.flags.map((flag) => `flag ${flag.bit} \`${flag.name}\``);
    const head = [`### ${name}: opcode ${hex(packet.opcode, 2)}`, [words, ...flags].join(', '), packet.text];
    if (packet.operands.length === 0) return head.join('\n\n');
    const rows = packet.operands.map(({ name: operand, kind }, index) => [
      String(index + 1),
      `\`${operand}\``,
      OPERAND_TEXT[kind],
    ]);
    return [...head, table(['Word', 'Operand', 'Holds'], rows)].join('\n\n');
  });
  return sections.join('\n\n');
}

/** The datasheet with its tables written anew. Throws when a marker is missing. */
export function renderDatasheet(text: string): string {
  const parts = { registers: registerTable(), bits: bitTable(), packets: packetTable() };
  return Object.entries(parts).reduce((result, [name, body]) => {
    const pattern = new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`);
    if (!pattern.test(result)) throw new Error(`renderDatasheet: no <!-- ${name} --> … <!-- /${name} --> in the text`);
    return result.replace(pattern, (_, open: string, close: string) => `${open}\n${body}\n${close}`);
  }, text);
}

/** The datasheet as it lies in docs/. */
export function readDatasheet(): string {
  return readFileSync(DATASHEET, 'utf8');
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(DATASHEET, renderDatasheet(readDatasheet()));
