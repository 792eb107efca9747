/** What the editor asks the type service, and what it hears. Positions are offsets into the text, in UTF-16 units. */

/** One question about one text. */
export interface TypesRequest {
  readonly id: number;
  readonly text: string;
  readonly question:
    | { readonly kind: 'check' }
    | { readonly kind: 'complete'; readonly position: number }
    | { readonly kind: 'describe'; readonly position: number; readonly name: string }
    | { readonly kind: 'hover'; readonly position: number }
    | { readonly kind: 'signature'; readonly position: number };
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

/** What a name is, and what its documentation says. */
export interface TypeDescription {
  readonly from: number;
  readonly to: number;
  /** As TypeScript writes it, such as `function VideoPortStallExecution(Microseconds: number): void`. */
  readonly code: string;
  readonly documentation: string;
}

/** The call that the cursor is in. */
export interface TypeSignature {
  /** Where the call's arguments begin. */
  readonly from: number;
  readonly before: string;
  readonly parameters: readonly string[];
  readonly after: string;
  readonly active: number;
  readonly documentation: string;
}

/** The answers, by the kind of question. */
export interface TypesAnswers {
  readonly check: readonly TypeProblem[];
  readonly complete: TypeCompletions | null;
  readonly describe: TypeDescription | null;
  readonly hover: TypeDescription | null;
  readonly signature: TypeSignature | null;
}

/** An answer on its way. */
export type TypesAnswer =
  | { readonly id: number; readonly value: TypesAnswers[keyof TypesAnswers] }
  | { readonly id: number; readonly error: string };
