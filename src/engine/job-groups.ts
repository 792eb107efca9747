/**
 * Which of a batch's jobs the GPU may execute at once. A job goes into the earliest group behind everything on which it depends,
 * so that a batch has no more groups than its longest chain of jobs, whatever the order of its packets.
 */
import type { JobShader } from './job.ts';
import { mayOverlap, type Rectangle } from './surface.ts';

/** What a job needs, in the aperture. */
export interface JobNeeds {
  readonly writes: Rectangle | null;
  readonly reads: readonly Rectangle[];
  /** The shader that executes it. */
  readonly shader: JobShader;
  /** It shares a group with no other, since it uses scratch memory; and keeps its order among those that do. */
  readonly alone: boolean;
  /** Words across, and rows, that it visits. */
  readonly columns: number;
  readonly rows: number;
}

interface Group {
  readonly writes: Rectangle[];
  readonly reads: Rectangle[];
  readonly shader: JobShader;
  readonly alone: boolean;
  jobs: number;
  columns: number;
  rows: number;
  /** Words that its jobs visit. */
  words: number;
}

/**
 * A group is as wide and high as its widest and highest job, for each of them. So much more than its jobs visit may that be,
 * and so many words in any case.
 */
const WASTE = 8;
const SMALL = 256 * 1024;

export class JobGroups {
  readonly #groups: Group[] = [];

  /** Forgets everything, for another batch. */
  begin(): void {
    this.#groups.length = 0;
  }

  /** Puts a job in a group. Returns the group's number. */
  place(needs: JobNeeds): number {
    const groups = this.#groups;
    let earliest = groups.length;
    while (earliest > 0 && !depends(needs, groups[earliest - 1] as Group)) earliest--;
    const { writes, reads, shader, alone, columns, rows } = needs;
    if (!alone) {
      for (let index = earliest; index < groups.length; index++) {
        const group = groups[index] as Group;
        if (group.alone || group.shader !== shader || wastes(group, needs)) continue;
        if (writes) group.writes.push(writes);
        group.reads.push(...reads);
        group.jobs++;
        group.columns = Math.max(group.columns, columns);
        group.rows = Math.max(group.rows, rows);
        group.words += columns * rows;
        return index;
      }
    }
    const words = columns * rows;
    groups.push({ writes: writes ? [writes] : [], reads: [...reads], shader, alone, jobs: 1, columns, rows, words });
    return groups.length - 1;
  }
}

/** Whether a job must not be executed beside, or before, those of a group. */
function depends({ writes, reads }: JobNeeds, group: Group): boolean {
  return (
    (writes !== null && (touchesAny(writes, group.reads) || touchesAny(writes, group.writes))) ||
    reads.some((read) => touchesAny(read, group.writes))
  );
}

function wastes(group: Group, { columns, rows }: JobNeeds): boolean {
  const visited = Math.max(group.columns, columns) * Math.max(group.rows, rows) * (group.jobs + 1);
  return visited > SMALL && visited > WASTE * (group.words + columns * rows);
}

function touchesAny(rectangle: Rectangle, others: readonly Rectangle[]): boolean {
  for (const other of others) if (mayOverlap(rectangle, other)) return true;
  return false;
}
