/** What the editor asks the type service, and what it hears. Positions are offsets into the text, in UTF-16 units. */
import type { DriverFile } from '../../machine/driver-files.ts';

/** A driver, and which of its files is asked about. */
export interface TypesSubject {
  readonly files: readonly DriverFile[];
  /** The file's name. */
  readonly file: string;
}

/** One question about one file of a driver. */
export interface TypesRequest extends TypesSubject {
  readonly id: number;
  readonly question:
    | { readonly kind: 'check' }
    | { readonly kind: 'complete'; readonly position: number }
    | { readonly kind: 'describe'; readonly position: number; readonly name: string }
    | { readonly kind: 'hover'; readonly position: number }
    | { readonly kind: 'signature'; readonly position: number }
    | { readonly kind: 'format' };
}

/** Something that the type checker says about a piece of the text. */
export interface TypeProblem {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** What could stand at a place. */
export interface TypeCompletions {
  /** Where the word begins that a completion takes the place of. */
  readonly from: number;
  readonly entries: readonly { readonly name: string; readonly kind: string; readonly rank: string }[];
}

/** A doc comment, taken apart. */
export interface TypeDocumentation {
  /** Its sentences. */
  readonly text: string;
  /** What it says of parameters, IRQL, result and the like, in that order. */
  readonly rows: readonly { readonly term: string; readonly text: string }[];
  /** Pages to read on, `https:` only. */
  readonly links: readonly string[];
}

/** What a name is, and what its documentation says. */
export interface TypeDescription {
  readonly from: number;
  readonly to: number;
  /** As TypeScript writes it, such as `function VideoPortStallExecution(Microseconds: number): void`. */
  readonly code: string;
  readonly documentation: TypeDocumentation;
}

/** The call that the cursor is in. */
export interface TypeSignature {
  /** Where the call's arguments begin. */
  readonly from: number;
  readonly before: string;
  readonly parameters: readonly string[];
  readonly after: string;
  readonly active: number;
  readonly documentation: TypeDocumentation;
}

/** A piece of the text that is to be another. */
export interface TypeEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The answers, by the kind of question. */
export interface TypesAnswers {
  readonly check: readonly TypeProblem[];
  readonly complete: TypeCompletions | null;
  readonly describe: TypeDescription | null;
  readonly hover: TypeDescription | null;
  readonly signature: TypeSignature | null;
  readonly format: readonly TypeEdit[];
}

/** An answer on its way. */
export type TypesAnswer =
  | { readonly id: number; readonly value: TypesAnswers[keyof TypesAnswers] }
  | { readonly id: number; readonly error: string };
