/**
 * When a VideoPort function may be called: the IRQL and the callbacks that its page allows. Every exported function
 * begins with `enter(RULE, …its arguments)`, which checks the rule, is a safepoint, and is where a driver is held that
 * someone steps through.
 *
 * HwVidResetHw, at any IRQL up to HIGH_LEVEL, may only read and write registers, stall and zero. HwVidInterrupt may
 * call nine kinds of functions and nothing else (its page: "any other call is a system crash"). Some functions are
 * documented as callable at any IRQL and yet are not among the nine: those give a finding, and the machine goes on.
 */
import { ATTENTION_PAUSE, CALL_COUNT } from '../bus/board-memory.ts';
import { IRQL_NOT_LESS_OR_EQUAL } from '../ddi/bug-checks.ts';
import { APC_LEVEL, DISPATCH_LEVEL, HIGH_LEVEL, PASSIVE_LEVEL } from '../ddi/constants.ts';
import { type CallbackName, contextBit, DIRQL } from '../hal/processor.ts';
import { port } from './port.ts';

/** A function's rule. */
export interface CallRule {
  readonly name: string;
  readonly maxIrql: number;
  readonly minIrql: number;
  /** Bits of the callbacks in which it may not be called, at whatever depth. */
  readonly forbidden: number;
  /** Bits of the callbacks of which one must be on the stack; 0: any. */
  readonly only: number;
  /** The functions whose wrong IRQL Driver Verifier reports as 0xE6/13. */
  readonly dma: boolean;
}

interface RuleOptions {
  readonly minIrql?: number;
  /** Allowed from HwVidInterrupt. */
  readonly fromInterrupt?: boolean;
  /** Of those: allowed from HwVidResetHw, too. Default true. */
  readonly fromReset?: boolean;
  readonly notIn?: readonly CallbackName[];
  readonly onlyIn?: readonly CallbackName[];
  readonly dma?: boolean;
}

const bits = (names: readonly CallbackName[] = []): number => names.reduce((mask, name) => mask | contextBit(name), 0);

/** Makes a rule. */
export function callRule(name: string, maxIrql: number, options: RuleOptions = {}): CallRule {
  return {
    name,
    maxIrql,
    minIrql: options.minIrql ?? PASSIVE_LEVEL,
    forbidden:
      bits(options.notIn) |
      (options.fromInterrupt ? 0 : contextBit('HwVidInterrupt')) |
      (options.fromInterrupt && options.fromReset !== false ? 0 : contextBit('HwVidResetHw')),
    only: bits(options.onlyIn),
    dma: options.dma ?? false,
  };
}

/**
 * Checks the rule of the function that was just entered, holds if that is asked for, and serves what is due.
 * @param a its first argument, and so on: whoever steps through a driver sees them. Each one has a parameter of its own
 *   because an array would have to be made at every call, and is looked at next to never.
 */
export function enter(
  rule: CallRule,
  a?: unknown,
  b?: unknown,
  c?: unknown,
  d?: unknown,
  e?: unknown,
  f?: unknown,
  g?: unknown,
  h?: unknown,
  i?: unknown,
): void {
  const { processor } = port;
  const { control, irql, context } = processor;
  control[CALL_COUNT] = ((control[CALL_COUNT] ?? 0) + 1) | 0;
  if (irql > rule.maxIrql || irql < rule.minIrql) wrongIrql(rule);
  else if ((context & rule.forbidden) !== 0 || (rule.only !== 0 && (context & rule.only) === 0)) wrongContext(rule);
  if (processor.due !== 0) {
    if (processor.due & ATTENTION_PAUSE) processor.hold(rule.name, [a, b, c, d, e, f, g, h, i]);
    processor.safepoint();
  }
}

/** An IRQL as the DDK names it. */
export const irqlName = (irql: number): string =>
  ({
    [PASSIVE_LEVEL]: 'PASSIVE_LEVEL',
    [APC_LEVEL]: 'APC_LEVEL',
    [DISPATCH_LEVEL]: 'DISPATCH_LEVEL',
    [DIRQL]: 'DIRQL',
    [HIGH_LEVEL]: 'HIGH_LEVEL',
  })[irql] ?? `IRQL ${irql}`;

function wrongIrql(rule: CallRule): void {
  const { processor, observer } = port;
  const { irql, callback } = processor;
  const high = irql > rule.maxIrql;
  const allowed = high ? rule.maxIrql : rule.minIrql;
  const sentence = `${rule.name} was called at ${irqlName(irql)}${callback ? ` in ${callback}` : ''}; it may be called at ${irqlName(allowed)} and ${high ? 'below' : 'above'} only`;
  if (!observer) processor.bugCheck(IRQL_NOT_LESS_OR_EQUAL, [0, irql, 0, 0], sentence);
  else if (rule.dma) observer.report('dma-irql', [high ? 2 : 1, allowed, irql, 0], sentence);
  else observer.report('irql', [0, irql, 0, 0], sentence);
}

function wrongContext(rule: CallRule): void {
  const { processor, observer } = port;
  const wrong = processor.context & rule.forbidden;
  const strict = (['HwVidInterrupt', 'HwVidResetHw'] as const).find((name) => (wrong & contextBit(name)) !== 0);
  const sentence = strict
    ? `${rule.name} was called from ${strict}, whose page does not list it among the functions that may be`
    : `${rule.name} was called from ${processor.callback ?? 'outside any callback'}, where its page does not allow it`;
  observer?.report('call-context', [processor.context, rule.forbidden, rule.only, processor.irql], sentence);
}
