/**
 * Layouts of structures that live in memory, as an x86 C compiler lays them out (natural alignment, little-endian).
 * From one table come offsets and sizes, TypeScript types, and reading and writing.
 */

/** What a member can be: a DDK scalar, a structure, or an array `[scalar or structure, count]`. */
export type MemberType = ElementType | readonly [ElementType, number];
type ElementType = keyof typeof scalars | Layout<Members>;

/** The members of a structure in order of declaration. */
export type Members = { readonly [name: string]: MemberType };

interface Scalar {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number | bigint | boolean;
  readonly write: (view: DataView, at: number, value: never) => void;
}

const scalars = {
  UCHAR: { size: 1, read: (v, at) => v.getUint8(at), write: (v, at, x: number) => v.setUint8(at, x) },
  BOOLEAN: { size: 1, read: (v, at) => v.getUint8(at) !== 0, write: (v, at, x: boolean) => v.setUint8(at, x ? 1 : 0) },
  USHORT: { size: 2, read: (v, at) => v.getUint16(at, true), write: (v, at, x: number) => v.setUint16(at, x, true) },
  SHORT: { size: 2, read: (v, at) => v.getInt16(at, true), write: (v, at, x: number) => v.setInt16(at, x, true) },
  ULONG: { size: 4, read: (v, at) => v.getUint32(at, true), write: (v, at, x: number) => v.setUint32(at, x, true) },
  LONG: { size: 4, read: (v, at) => v.getInt32(at, true), write: (v, at, x: number) => v.setInt32(at, x, true) },
  PVOID: { size: 4, read: (v, at) => v.getUint32(at, true), write: (v, at, x: number) => v.setUint32(at, x, true) },
  ULONGLONG: {
    size: 8,
    read: (v, at) => v.getBigUint64(at, true),
    write: (v, at, x: bigint) => v.setBigUint64(at, x, true),
  },
  PHYSICAL_ADDRESS: {
    size: 8,
    read: (v, at) => v.getBigInt64(at, true),
    write: (v, at, x: bigint) => v.setBigInt64(at, x, true),
  },
} as const satisfies Record<string, Scalar>;

type ScalarValue<S extends keyof typeof scalars> = ReturnType<(typeof scalars)[S]['read']>;
type Value<T extends MemberType> = T extends keyof typeof scalars
  ? ScalarValue<T>
  : T extends Layout<infer M>
    ? Structure<M>
    : T extends readonly [infer E extends ElementType, number]
      ? readonly Value<E>[]
      : never;

/** The object form of a structure. */
export type Structure<M extends Members> = { -readonly [name in keyof M]: Value<M[name]> };

/** Where one member lies. */
export interface MemberPlace {
  readonly offset: number;
  readonly size: number;
  /** Of an array: bytes of one element; otherwise the same as size. */
  readonly elementSize: number;
}

/** A structure's layout. */
export interface Layout<M extends Members> {
  readonly name: string;
  /** sizeof: bytes, padding at the end included. */
  readonly size: number;
  readonly alignment: number;
  readonly members: { readonly [name in keyof M]: MemberPlace };
  /** Reads the structure that begins at byte `at` of a view. */
  readFrom(view: DataView, at: number): Structure<M>;
  /** Writes members at byte `at`; those left out keep their bytes. */
  writeTo(view: DataView, at: number, value: Partial<Structure<M>>): void;
}

const isLayout = (type: MemberType): type is Layout<Members> => typeof type === 'object' && 'members' in type;

/** Size, alignment, and how to read and write one member. */
interface Codec {
  readonly size: number;
  readonly alignment: number;
  readonly read: (view: DataView, at: number) => unknown;
  readonly write: (view: DataView, at: number, value: unknown) => void;
}

function codec(type: MemberType): Codec {
  if (typeof type === 'string') {
    const { size, read, write } = scalars[type] as Scalar;
    return { size, alignment: size, read, write: (view, at, value) => write(view, at, value as never) };
  }
  if (isLayout(type)) {
    return {
      size: type.size,
      alignment: type.alignment,
      read: (view, at) => type.readFrom(view, at),
      write: (view, at, value) => type.writeTo(view, at, value as Structure<Members>),
    };
  }
  const [element, count] = type;
  const { size, alignment, read, write } = codec(element);
  return {
    size: size * count,
    alignment,
    read: (view, at) => Array.from({ length: count }, (_, i) => read(view, at + i * size)),
    write: (view, at, value) => {
      for (const [i, item] of (value as unknown[]).slice(0, count).entries()) write(view, at + i * size, item);
    },
  };
}

/**
 * Lays out a structure: each member at the next multiple of its alignment, the whole padded to the largest.
 *
 * An array of unknown length at the end is declared with one element, as the DDK's headers do, and sizeof counts that
 * one: `trailing` gives the bytes for any other number.
 */
export function structure<const M extends Members>(name: string, members: M): Layout<M> {
  return layOut(name, members, false);
}

/** Lays out a union: every member at offset 0, the whole as large as the largest. Written members go in their order. */
export function union<const M extends Members>(name: string, members: M): Layout<M> {
  return layOut(name, members, true);
}

/**
 * Bytes of a structure whose last member is an array with `count` elements: the offset of the array and the elements,
 * without the padding that sizeof adds. This is what Information and buffer lengths are made of.
 */
export function trailing<M extends Members>(layout: Layout<M>, member: keyof M & string, count: number): number {
  const { offset, elementSize } = layout.members[member];
  return offset + elementSize * count;
}

function layOut<const M extends Members>(name: string, members: M, overlaid: boolean): Layout<M> {
  const codecs = Object.entries(members).map(([member, type]) => ({
    member,
    ...codec(type),
    elementSize: codec(typeof type === 'object' && !isLayout(type) ? type[0] : type).size,
  }));
  const alignment = Math.max(1, ...codecs.map((c) => c.alignment));
  let end = 0;
  const placed = codecs.map((c) => {
    const offset = overlaid ? 0 : Math.ceil(end / c.alignment) * c.alignment;
    end = Math.max(end, offset + c.size);
    return { ...c, offset };
  });
  return {
    name,
    size: Math.ceil(end / alignment) * alignment,
    alignment,
    members: Object.fromEntries(
      placed.map(({ member, offset, size, elementSize }) => [member, { offset, size, elementSize }]),
    ) as { readonly [member in keyof M]: MemberPlace },
    readFrom: (view, at) =>
      Object.fromEntries(placed.map(({ member, offset, read }) => [member, read(view, at + offset)])) as Structure<M>,
    writeTo(view, at, value) {
      for (const { member, offset, write } of placed) {
        const item = (value as Record<string, unknown>)[member];
        if (item !== undefined) write(view, at + offset, item);
      }
    },
  };
}
