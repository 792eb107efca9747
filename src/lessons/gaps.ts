/**
 * A lesson's driver is kept as one text, the solution, in which the gaps are marked:
 *
 *     // [1] What is to be done here, in as many lines of comment as it takes.
 *     //| return NULL;                      what stands here in the driver that the lesson begins with, if anything
 *     return VideoPortAllocateCommonBuffer(…);
 *     // [/1]
 *
 * From it come the text that a lesson begins with, the solution as it is shown, and the pieces by themselves. So both texts are the
 * same but for the gaps.
 */

/** One gap. */
export interface Gap {
  readonly number: number;
  /** What is to be done. */
  readonly task: string;
  /** What the solution has here, without the indentation that all its lines share. */
  readonly code: string;
}

const opening = /^\s*\/\/ \[(\d+)\] (.*)$/;
const further = /^\s*\/\/ (.*)$/;
const standIn = /^(\s*)\/\/\| (.*)$/;
const closing = /^\s*\/\/ \[\/(\d+)\]$/;

/** The lines of a gap, as they are kept. */
interface Region {
  readonly number: number;
  readonly task: readonly string[];
  readonly standIns: readonly string[];
  readonly code: readonly string[];
}

/** The text as plain lines and gaps, in order. Throws when a gap is not closed by its own number. */
function parse(text: string): (string | Region)[] {
  const lines = text.split('\n');
  const parts: (string | Region)[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const number = opening.exec(line)?.[1];
    if (number === undefined) {
      parts.push(line);
      continue;
    }
    const end = lines.findIndex((other, index) => index > at && closing.exec(other)?.[1] === number);
    if (end < 0) throw new Error(`line ${at + 1}: gap [${number}] is never closed with [/${number}]`);
    const inside = lines.slice(at, end);
    const isTask = (other: string, index: number) => index === 0 || (further.test(other) && !standIn.test(other));
    const taskLines = inside.findIndex((other, index) => !isTask(other, index));
    const taskEnd = taskLines < 0 ? inside.length : taskLines;
    const standIns = inside.filter((other) => standIn.test(other));
    parts.push({
      number: Number(number),
      task: inside.slice(0, taskEnd),
      standIns: standIns.map((other) => other.replace(standIn, '$1$2')),
      code: inside.slice(taskEnd + standIns.length),
    });
    at = end;
  }
  return parts;
}

/** The text with some of its gaps filled. In the others stands what the lesson begins with. */
export function fillGaps(text: string, filled: (number: number) => boolean): string {
  return parse(text)
    .flatMap((part) =>
      typeof part === 'string' ? [part] : [...part.task, ...(filled(part.number) ? part.code : part.standIns)],
    )
    .join('\n');
}

/** The gaps by themselves, in their order. */
export function gapsOf(text: string): Gap[] {
  return parse(text).flatMap((part) => {
    if (typeof part === 'string') return [];
    const { number, task, code } = part;
    const indent = Math.min(...code.filter((line) => line !== '').map((line) => line.search(/\S/)));
    const words = task.map((line, index) => (index === 0 ? opening.exec(line)?.[2] : further.exec(line)?.[1]) ?? '');
    return [{ number, task: words.join(' '), code: code.map((line) => line.slice(indent)).join('\n') }];
  });
}
