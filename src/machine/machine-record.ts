/** What a machine has said so far: log, findings, crash, buffers, figures. Turns positions in the compiled text into the driver's own lines. */
import { bugCheckName } from '../ddi/bug-checks.ts';
import type { GeneratedPosition } from '../verifier/source-position.ts';
import type { LogLevel, LogSource } from '../videoport/port.ts';
import type { BoardEvent, CpuEvent } from './board-protocol.ts';
import type { Compiled } from './compile.ts';
import type { Hold, MachineEvent, MachineState, MachineStats } from './machine-types.ts';
import type { BugCheck, CommonBufferRecord, Finding, Shutdown } from './report.ts';

/** Lines of the log that are kept. */
const LOG_LINES = 10_000;
const LOG_PIECE = 1000;
/** Findings that are kept. */
const MOST_FINDINGS = 1000;

/** Figures of a machine that has done nothing yet. */
const NO_STATS: MachineStats = {
  frames: 0,
  vblanks: 0,
  interrupts: 0,
  dpcs: 0,
  doorbells: 0,
  fences: 0,
  dmaReadBytes: 0,
  dmaWriteBytes: 0,
  calls: 0,
};

export class MachineRecord {
  state: MachineState = 'booting';
  stats = NO_STATS;
  buffers: readonly CommonBufferRecord[] = [];
  bugCheck: BugCheck | null = null;
  shutdown: Shutdown = 'none';
  /** Where the processor of a paused machine stands. */
  hold: Hold | null = null;
  /** Has the display driver set its mode? */
  booted = false;
  readonly findings: Finding[] = [];
  readonly #log: string[] = [];
  readonly #locate: Compiled['locate'];
  readonly #emit: (event: MachineEvent) => void;
  #partialBuffers: CommonBufferRecord[] = [];

  /** @param emit is told everything, in the page's terms */
  constructor(locate: Compiled['locate'], emit: (event: MachineEvent) => void) {
    this.#locate = locate;
    this.#emit = emit;
  }

  /** The last lines of the log. */
  get log(): readonly string[] {
    return this.#log.slice(-LOG_LINES);
  }

  /** True when nothing more will run. */
  get over(): boolean {
    return this.state === 'stopped' || this.state === 'failed' || this.state === 'crashed';
  }

  /** Goes into another state. */
  enter(state: MachineState, reason?: string): void {
    this.state = state;
    this.hold = null;
    this.#emit(reason === undefined ? { type: 'state', state } : { type: 'state', state, reason });
  }

  /** Takes one message of the board. Throws when it makes no sense: a driver may have forged it. */
  hear(event: CpuEvent | BoardEvent): void {
    switch (event.type) {
      case 'log':
        this.#addLog(event.source, event.level, event.text);
        break;
      case 'dropped':
        this.#addLog('port', 'warn', `${event.lines} lines came faster than the log takes them and were dropped`);
        break;
      case 'finding': {
        if (this.findings.length >= MOST_FINDINGS) break;
        const { rule, code, parameters, message, positions } = event.finding;
        const finding: Finding = { rule, code, parameters, message, ...this.#place(positions) };
        this.findings.push(finding);
        this.#emit({ type: 'finding', finding });
        break;
      }
      case 'bugcheck': {
        if (this.bugCheck) break;
        const { code, parameters, message, positions } = event.bugCheck;
        this.bugCheck = { code, name: bugCheckName(code), parameters, message, ...this.#place(positions) };
        this.#emit({ type: 'bugcheck', bugCheck: this.bugCheck });
        this.enter('crashed', message);
        break;
      }
      case 'common-buffers':
        this.#partialBuffers.push(...event.list);
        if (!event.last) break;
        this.buffers = this.#partialBuffers;
        this.#partialBuffers = [];
        break;
      case 'mode':
        this.#emit({ type: 'mode', width: event.width, height: event.height, instead: event.instead });
        break;
      case 'held': {
        // Of a pause that is over already.
        if (this.state !== 'paused') break;
        const { call, parameters, callback, irql, positions } = event.hold;
        this.hold = { call, parameters: parameters.map(String), callback, irql, ...this.#place(positions) };
        this.#emit({ type: 'held', hold: this.hold });
        break;
      }
      case 'running':
        this.booted = true;
        if (this.state === 'booting') this.enter('running');
        break;
      case 'failed': {
        const { file, line, column } = this.#place(event.positions);
        const reason = file === null ? event.reason : `${file}:${line}:${column}: ${event.reason}`;
        this.#addLog('port', 'error', reason);
        if (!this.over) this.enter('failed', reason);
        break;
      }
      case 'stats':
        this.stats = event.stats;
        this.#emit({ type: 'stats', stats: event.stats });
        break;
      case 'forced': {
        const { file, line, column } = this.#place(event.positions);
        const where = file === null ? '' : `; it was last seen at ${file}:${line}:${column}`;
        this.#addLog('port', 'warn', `the driver was ended by force: ${event.doing}${where}`);
        break;
      }
      case 'whereabouts':
      case 'traced-functions':
      case 'done':
        break;
    }
  }

  #place(positions: readonly GeneratedPosition[]): Pick<Finding, 'file' | 'line' | 'column' | 'callers'> {
    const [first, ...callers] = positions.map((position) => this.#locate(position)).filter((place) => place !== null);
    return {
      ...(first ?? { file: null, line: null, column: null }),
      callers: callers.map(({ file, line, column }) => `${file}:${line}:${column}`),
    };
  }

  #addLog(source: LogSource, level: LogLevel, text: string): void {
    this.#log.push(`${source} ${level}: ${text}`);
    // In pieces: taking one line off the front of a long array costs as much as taking a thousand.
    if (this.#log.length > LOG_LINES + LOG_PIECE) this.#log.splice(0, LOG_PIECE);
    this.#emit({ type: 'log', source, level, text });
  }
}
