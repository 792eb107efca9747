/**
 * What each rule is called in Windows, and whether a kernel crashes on it. Numbers after Bug Check Code Reference and
 * the Driver Verifier pages (DMA Verification); ddi.md §5.
 */
import {
  BAD_POOL_CALLER,
  BAD_POOL_HEADER,
  DRIVER_IRQL_NOT_LESS_OR_EQUAL,
  DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
  DRIVER_VERIFIER_DETECTED_VIOLATION,
  DRIVER_VERIFIER_DMA_VIOLATION,
  IRQL_NOT_LESS_OR_EQUAL,
  PFN_LIST_CORRUPT,
} from '../ddi/bug-checks.ts';
import type { Rule } from '../ddi/observer.ts';

/** A rule's entry. */
export interface RuleEntry {
  /** Bug check code and first parameter, for rules that Windows numbers. */
  readonly bugCheck: number | null;
  readonly subcode: number | null;
  /** The machine stops: a kernel under Driver Verifier would. */
  readonly crashes: boolean;
  /** The page that documents the rule. */
  readonly page: string;
}

const dma = (subcode: number | null, crashes = true): RuleEntry => ({
  bugCheck: DRIVER_VERIFIER_DMA_VIOLATION,
  subcode,
  crashes,
  page: 'https://learn.microsoft.com/windows-hardware/drivers/debugger/bug-check-0xe6--driver-verifier-dma-violation',
});

const finding = (page: string): RuleEntry => ({ bugCheck: null, subcode: null, crashes: false, page });

const debuggerPages = 'https://learn.microsoft.com/windows-hardware/drivers/debugger';

/** A bug check with its page; the rule's parameters follow the subcode when there is one. */
const bugCheck = (code: number, subcode: number | null, page: string, crashes = true): RuleEntry => ({
  bugCheck: code,
  subcode,
  crashes,
  page: `${debuggerPages}/${page}`,
});

/** 0xC4 of Driver Verifier. */
const violation = (subcode: number): RuleEntry =>
  bugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, subcode, 'bug-check-0xc4--driver-verifier-detected-violation');

const devtest = 'https://learn.microsoft.com/windows-hardware/drivers/devtest';
const video = 'https://learn.microsoft.com/windows-hardware/drivers/ddi/video';

/** The catalogue. */
export const CATALOGUE: Readonly<Record<Rule, RuleEntry>> = {
  irql: {
    bugCheck: IRQL_NOT_LESS_OR_EQUAL,
    subcode: null,
    crashes: true,
    page: 'https://learn.microsoft.com/windows-hardware/drivers/debugger/bug-check-0xa--irql-not-less-or-equal',
  },
  'dma-irql': dma(0x13),
  'call-context': finding(`${video}/nc-video-pvideo_hw_interrupt`),
  'wait-irql': {
    bugCheck: DRIVER_VERIFIER_DETECTED_VIOLATION,
    subcode: 0x3b,
    crashes: true,
    page: 'https://learn.microsoft.com/windows-hardware/drivers/debugger/bug-check-0xc4--driver-verifier-detected-violation',
  },
  'release-unknown': dma(0x03),
  'release-mismatch': dma(0x03),
  'put-with-buffers': dma(0x07),
  'adapter-released': dma(0x18),
  'adapter-null': dma(0x19),
  overrun: dma(0x0f),
  'view-past-end': finding(`${devtest}/dma-verification`),
  leak: finding(`${devtest}/dma-verification`),
  'dma-unmapped': dma(0x26, false),
  'released-in-flight': finding(`${devtest}/dma-verification`),
  'device-fault': finding('docs/device.md'),
  'interrupt-storm': finding(`${video}/nc-video-pvideo_hw_interrupt`),
  'bad-argument': finding(`${video}/`),
  'callback-contract': finding(`${video}/`),
  'pool-caller': bugCheck(BAD_POOL_CALLER, null, 'bug-check-0xc2--bad-pool-caller'),
  'pool-header': bugCheck(BAD_POOL_HEADER, null, 'bug-check-0x19--bad-pool-header'),
  'pool-zero': violation(0x00),
  'pool-view': finding(`${devtest}/special-pool`),
  'paged-access': bugCheck(DRIVER_IRQL_NOT_LESS_OR_EQUAL, null, 'bug-check-0xd1--driver-irql-not-less-or-equal'),
  'freed-locked': bugCheck(PFN_LIST_CORRUPT, 0x9a, 'bug-check-0x4e--pfn-list-corrupt'),
  'unlock-unknown': bugCheck(PFN_LIST_CORRUPT, 0x07, 'bug-check-0x4e--pfn-list-corrupt'),
  'locked-pages': bugCheck(
    DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
    null,
    'bug-check-0xcb--driver-left-locked-pages-in-process',
    false,
  ),
  'spin-lock-recursive': violation(0x1000),
  'spin-lock-order': violation(0x1003),
  'spin-lock-not-held': violation(0x1007),
  'spin-lock-irql': violation(0x31),
  'lock-held': finding(`${devtest}/deadlock-detection`),
  'dma-unlocked': dma(0x0e),
  'dma-short': dma(0x24),
  'dma-zero': dma(0x21),
  'list-unknown': dma(0x06),
  'put-with-lists': dma(0x0a),
  'dma-direction': finding(`${devtest}/dma-verification`),
};

/** `0xE6/03`, `0x0A`, or the rule's own name where Windows has no number for it. */
export function findingCode(rule: Rule): string {
  const { bugCheck, subcode } = CATALOGUE[rule];
  if (bugCheck === null) return rule;
  const byte = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');
  return `0x${byte(bugCheck)}${subcode === null ? '' : `/${byte(subcode)}`}`;
}
