/**
 * A rule of the documentation as a test. Its title carries the function, the sentence and the page, and the table that
 * `npm run conformance` writes is made of such titles and their outcomes alone: so it cannot say what was not run.
 */

/** Options of {@link rule}. */
export interface RuleOptions {
  /**
   * The page, as the last part of its address (`nf-video-videoportallocatepool`), or another place that is documented.
   * Default: the page of the first function.
   */
  readonly page?: string;
  /** Where documents contradict each other or say nothing: what was chosen, and why. */
  readonly chosen?: string;
}

/**
 * Declares a test for a rule of one or more functions.
 * @param names the functions, by their DDK names
 * @param sentence what the documentation promises, to be read after the function's name
 */
export function rule(
  names: string | readonly string[],
  sentence: string,
  body: () => void | Promise<void>,
  options: RuleOptions = {},
): void {
  const list = typeof names === 'string' ? [names] : names;
  const page = options.page ?? `nf-video-${(list[0] as string).toLowerCase()}`;
  it(`${list.join(', ')}: ${sentence} (${page})${options.chosen ? ` [chosen: ${options.chosen}]` : ''}`, body);
}
