/**
 * One line of results, the same for every benchmark: what was measured, and beside it a baseline measured in the same
 * run, since a figure from another day or machine says little.
 */
export interface Row {
  /** What was measured, unique among all benchmarks: `page allocator, 8,192 live blocks`. */
  readonly name: string;
  readonly value: number;
  /** Unit of `value` and `baselineValue`: `M operations/s`. */
  readonly unit: string;
  /** What it is compared with. */
  readonly baseline: string;
  readonly baselineValue: number;
  /** `value` / `baselineValue`. Whether more is better follows from the unit. */
  readonly ratio: number;
  /** The target in words: `≥ 10 M operations/s`. */
  readonly target: string;
  /** Whether the target was reached in this run. */
  readonly met: boolean;
}
