import type { Finding } from '../machine/report.ts';

/** A finding with the number of times that it came: the same rule broken at the same place in every frame is one row. */
export interface FindingGroup {
  /** Tells groups apart; steady while the group lives. */
  readonly key: string;
  /** The first of them. */
  readonly finding: Finding;
  readonly count: number;
}

/** Most groups that are kept; a driver cannot fill the page's memory with findings. */
export const groupLimit = 200;

/** Groups findings by code and place, in order of first appearance. */
export class FindingGroups {
  #groups = new Map<string, FindingGroup>();
  #total = 0;

  /** All findings, those of groups beyond {@link groupLimit} too. */
  get total(): number {
    return this.#total;
  }

  /** A fresh array: two calls with nothing added between them give equal, not identical, arrays. */
  get list(): FindingGroup[] {
    return [...this.#groups.values()];
  }

  add(finding: Finding): void {
    this.#total++;
    const key = [finding.code, finding.rule, finding.file, finding.line, finding.column].join('|');
    const known = this.#groups.get(key);
    if (known) this.#groups.set(key, { ...known, count: known.count + 1 });
    else if (this.#groups.size < groupLimit) this.#groups.set(key, { key, finding, count: 1 });
  }

  clear(): void {
    this.#groups = new Map();
    this.#total = 0;
  }
}
