/** What a driver that means harm can reach: nothing but its own machine, and that ends when it is told to. */
import { expect } from 'chai';
import { CALLBACKS } from '../../src/hal/processor.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { BootOptions, MachineEvent } from '../../src/machine/machine-types.ts';
import { driver, MINI, miniWith } from '../support/drivers.ts';

/** Time for a shutdown on a busy machine. */
const PATIENT = { graceMs: 5000 };
/** A wait this long has failed. */
const PATIENCE_MS = 30_000;

/** Boots for a test; `said` resolves when the driver has printed a line. */
async function boot(source: string, options: Partial<BootOptions> = {}) {
  const lines = new Set<string>();
  let look: () => void = () => {};
  const machine = await Machine.boot({
    source,
    fileName: 'driver.ts',
    engine: 'software',
    pacing: 'unpaced',
    onEvent: (event: MachineEvent) => {
      if (event.type === 'log') lines.add(event.text);
      look();
    },
    ...options,
  });
  const said = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`'${line}' was not printed: ${[...lines].join('; ')}`)),
        PATIENCE_MS,
      );
      look = () => {
        if (!lines.has(line)) return;
        clearTimeout(late);
        resolve();
      };
      look();
    });
  return { machine, said };
}

/** Boots a driver that comes to its end by itself, and gives what it printed. */
async function printed(source: string): Promise<readonly string[]> {
  const { machine } = await boot(source);
  await machine.ended;
  const { bugCheck, log } = await machine.stop(PATIENT);
  if (bugCheck) throw new Error(`${bugCheck.message}; ${log.join('; ')}`);
  return log.flatMap((line) => (line.startsWith('driver info: ') ? [line.slice(13)] : []));
}

/** A machine of the usual kind still boots, in the frame that the others had, and shows frames. */
async function bootsClean(): Promise<void> {
  const { machine } = await boot(MINI);
  await machine.frames(3);
  const report = await machine.stop(PATIENT);
  expect(report.findings).to.deep.equal([]);
  expect(report.bugCheck).to.equal(null);
}

/**
 * For drivers: goes wherever properties, prototypes and accessors lead from `roots`, and gives the names of all kinds of
 * objects on the way, as their prototypes' toStringTag and the names of native constructors tell them, and all shared
 * buffers.
 */
const WALK = `
function walk(roots: unknown[]) {
  const kinds = new Set<string>();
  const buffers = new Set<unknown>();
  const seen = new Set<unknown>();
  const next = [...roots];
  for (let value = next.pop(); next.length > 0 || value; value = next.pop()) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof SharedArrayBuffer) buffers.add(value);
    if (ArrayBuffer.isView(value)) next.push(value.buffer);
    next.push(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      if (ArrayBuffer.isView(value) && typeof key === 'string' && /^\\d/.test(key)) continue;
      const member = Object.getOwnPropertyDescriptor(value, key)!;
      if (key === Symbol.toStringTag && typeof member.value === 'string') kinds.add(member.value);
      if (key === 'constructor' && typeof member.value === 'function' && /\\[native code\\]/.test(Function.prototype.toString.call(member.value))) kinds.add(member.value.name);
      next.push(member.value, member.get, member.set);
    }
  }
  return { kinds: [...kinds].sort(), buffers: [...buffers], count: seen.size };
}
`;

/** Everything that the language itself has in its prototypes; what belongs to a browser is not among it. */
const LANGUAGE = new Set(
  `AggregateError Array ArrayBuffer AsyncDisposableStack AsyncFunction AsyncGenerator AsyncGeneratorFunction Atomics BigInt
  BigInt64Array BigUint64Array Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry Float16Array
  Float32Array Float64Array Function Generator GeneratorFunction Int16Array Int32Array Int8Array Intl Iterator JSON Map Math
  Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol
  SyntaxError Temporal TypedArray TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
  WeakSet Collator DateTimeFormat DisplayNames DurationFormat ListFormat Locale NumberFormat PluralRules RelativeTimeFormat
  Segmenter v8BreakIterator Duration Instant PlainDate PlainDateTime PlainMonthDay PlainTime PlainYearMonth ZonedDateTime Now`.split(
    /\s+/,
  ),
);
const isLanguage = (kind: string) => LANGUAGE.has(kind.replace(/^(?:Intl|Temporal)\./, '')) || / Iterator$/.test(kind);

describe('a driver', () => {
  it('finds nothing but the language and the port, wherever properties lead', async () => {
    const lines = await printed(
      driver(
        `  const kept: unknown[] = [];
  const routes: [string, () => unknown][] = [
    ['Function', () => Function('return this')()],
    ['eval', () => (0, eval)('this')],
    ['a constructor', () => (() => 0).constructor('return this')()],
    ['a constructor of constructors', () => ([] as any).constructor.constructor('return this')()],
    ['AsyncFunction', () => { let g; (async () => {}).constructor('set', 'set(this)')((x: unknown) => { g = x; }); return g; }],
    ['GeneratorFunction', () => (function* () {}).constructor('return this')().next().value],
    ['a generator', () => (function* () {}).constructor('yield this')().next().value],
    ['Reflect.construct', () => Reflect.construct(Function, ['return this'])()],
    ['the port', () => (vp.VideoPortInitialize as any).constructor('return this')()],
    ['the console', () => (console.log as any).constructor('return this')()],
    ['require', () => (require as any).constructor('return this')()],
    ['an accessor', () => Object.getOwnPropertyDescriptor(Object.prototype, '__proto__')!.get!.constructor('return this')()],
    ['a getter of nothing', () => Object.prototype.__lookupGetter__.call(globalThis, '__proto__')!.call(globalThis)],
  ];
  for (const [name, route] of routes) {
    const found = route();
    if (found === undefined) console.log('no way by', name);
    kept.push(found);
  }
  const config = arguments[3];
  const { kinds, buffers, count } = walk([globalThis, vp, hw, require, exports, module, console, ext, config, arguments, new Error('x'), vp.mem, vp.out(), ...kept]);
  console.log(JSON.stringify({ kinds, buffers: buffers.length, count, routes: routes.length }));
  return vp.ERROR_DEV_NOT_EXIST;`,
        `declare const require: unknown; declare const module: unknown; declare const exports: unknown;${WALK}`,
      ),
    );
    const found = JSON.parse(lines.at(-1) ?? '{}') as { kinds: string[]; buffers: number; count: number };
    expect(lines.slice(0, -1)).to.deep.equal([]);
    expect(found.count).to.be.above(1000);
    expect(found.kinds.filter((kind) => !isLanguage(kind))).to.deep.equal([]);
    expect(found.kinds).to.include('SharedArrayBuffer');
    expect(found.buffers).to.equal(0);
  });

  it('gets no object of the port’s by traps: proxies, getters, setters, thenables, callers, stacks, patched methods', async () => {
    const lines = await printed(
      driver(
        `  const caught: unknown[] = [];
  const trap = (...values: unknown[]) => { caught.push(...values); };
  const traps = (target: object): any => new Proxy(target, new Proxy({}, { get: (_t, name) => (...values: any[]) => { trap(...values.slice(1)); return (Reflect as any)[name](...values); } }));
  const attempts: [string, () => unknown][] = [
    ['setter of an out parameter', () => vp.VideoPortCreateEvent(ext, 0, vp.NULL, Object.defineProperty({}, 'value', { get: () => 0, set: function (this: unknown, v) { trap(this, v); } }) as any)],
    ['proxy as an out parameter', () => vp.VideoPortCreateEvent(ext, 0, vp.NULL, traps({ value: 0 }))],
    ['proxy as a description', () => vp.VideoPortGetDmaAdapter(ext, traps({ ScatterGather: false, Dma32BitAddresses: true, Dma64BitAddresses: false, MaximumLength: 65536 }))],
    ['proxy as a list', () => vp.VideoPortGetAccessRanges(ext, 0, vp.NULL, 2, traps([]), null, null, vp.out<number>())],
    ['list with methods of its own', () => { const list: any = []; for (const name of ['push', 'map', 'forEach', 'slice', 'splice', 'entries', Symbol.iterator]) list[name] = (...values: unknown[]) => { trap(...values); return []; }; return vp.VideoPortVerifyAccessRanges(ext, 1, list); }],
    ['number that converts itself', () => vp.VideoPortStallExecution({ [Symbol.toPrimitive]: (...values: unknown[]) => { trap(...values); return 1; } } as any)],
    ['text that converts itself', () => vp.VideoPortDebugPrint(vp.Info, { toString: (...values: unknown[]) => { trap(...values); return 'x'; } } as any)],
    ['callback that looks at its caller', () => vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, new Function('trap', 'return function () { trap(this, arguments); try { trap(arguments.callee.caller, arguments.callee.caller.arguments); } catch {} return true; }')(trap), null as never)],
    ['thenable as a result', () => vp.VideoPortSynchronizeExecution(ext, vp.VpLowPriority, (() => ({ then: trap })) as any, null as never)],
    ['callback with odd arguments', () => vp.VideoPortSetRegistryParameters(ext, 'x', vp.NULL, 0) || vp.VideoPortGetRegistryParameters(ext, 'x', false, function (this: unknown) { trap(this, ...arguments); return vp.NO_ERROR; } as any, traps({}))],
    ['stack of an error', () => { const error: any = new Error('x'); Error.captureStackTrace(error); trap(error.stack); }],
    ['Error.prepareStackTrace', () => { (Error as any).prepareStackTrace = (_: unknown, sites: unknown) => { trap(sites); return ''; }; new Error('x').stack; }],
    ['class fields', () => { class Odd extends (function (value: unknown) { return value; } as any) { #x = 1; static peek(v: any) { return #x in v; } } trap(new Odd(vp.mem)); }],
    ['Object.prototype', () => { const keep = Object.prototype.valueOf; Object.prototype.valueOf = function () { trap(this); return keep.call(this); }; }],
    ['Object.prototype.toString', () => { const keep = Object.prototype.toString; Object.prototype.toString = function () { trap(this); return keep.call(this); }; }],
    ['Error.prototype.toString', () => { const keep = Error.prototype.toString; Error.prototype.toString = function () { trap(this); return keep.call(this); }; }],
    ['__proto__', () => { Object.defineProperty(Object.prototype, '__proto__', { set(v) { trap(this, v); } }); }],
    ['RegExp statics', () => trap((RegExp as any).input, (RegExp as any).lastMatch)],
    ['a wrong extension', () => vp.VideoPortGetDmaAdapter.call(traps({}), ext, {} as any)],
  ];
  for (const [name, attempt] of attempts) {
    console.log(name);
    try { attempt(); } catch (error) { trap(error); }
  }
  const ram = vp.mem.u8(vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 16, 1), 16).buffer;
  const { kinds, buffers } = walk(caught);
  console.log(JSON.stringify({ kinds, others: buffers.filter((buffer) => buffer !== ram).length, attempts: attempts.length }));
  return vp.ERROR_DEV_NOT_EXIST;`,
        WALK,
      ),
    );
    const found = JSON.parse(lines.at(-1) ?? '{}') as { kinds: string[]; others: number };
    expect(found.kinds.filter((kind) => !isLanguage(kind))).to.deep.equal([]);
    expect(found.others).to.equal(0);
  });

  it('leaves nothing to the next boot: what it changed and wrote is gone', async () => {
    const marks = `  (globalThis as any).mark = 1; Object.prototype.toString = () => 'marked';
  vp.VideoPortSetRegistryParameters(ext, 'mark', vp.NULL, 0);`;
    await printed(driver(`${marks}\n  return vp.ERROR_DEV_NOT_EXIST;`));
    const [line] = await printed(
      driver(`  const memory = vp.mem.u8(vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 4096, 1), 4096);
  console.log('mark' in globalThis, String({}), new Uint32Array(memory.buffer).includes(0x6d61726b));
  return vp.ERROR_DEV_NOT_EXIST;`),
    );
    expect(line).to.equal('false [object Object] false');
  });

  it('that asks for more memory than there is harms nobody else', async () => {
    const lines = await printed(
      driver(`  const asks: [string, () => unknown][] = [
    ['buffer', () => new ArrayBuffer(2 ** 32)],
    ['larger buffer', () => new ArrayBuffer(2 ** 52)],
    ['shared buffer', () => new SharedArrayBuffer(2 ** 32)],
    ['array', () => new Array(2 ** 32 - 1).fill(0, 2 ** 32 - 2)],
    ['text', () => 'x'.repeat(2 ** 30)],
    ['number', () => 1n << (2n ** 40n)],
    ['growing buffer', () => new (ArrayBuffer as any)(1, { maxByteLength: 2 ** 52 })],
    ['pool', () => vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 2 ** 32 - 1, 1)],
    ['recursion', () => { const again = (): number => again() + 1; return again(); }],
  ];
  for (const [name, ask] of asks) {
    try { ask(); } catch (error) { if (!(error instanceof RangeError)) console.log(name, error); }
  }
  console.log('asked', asks.length);
  return vp.ERROR_DEV_NOT_EXIST;`),
    );
    expect(lines).to.deep.equal(['asked 9']);
    await bootsClean();
  });
});

/**
 * mini, made so that it comes through the named callback, says so there and never returns. `call` is done in
 * HwVidInitialize, to bring it about.
 */
function hanging(name: string, call = ''): string {
  const data = `    HwSetPowerState: HwVidSetPowerState,
    HwTimer: () => hang('HwVidTimer'),
    HwResetHw: () => { hang('HwVidResetHw'); return true; },
    HwGetPowerState: () => { hang('HwVidGetPowerState'); return vp.NO_ERROR; },
    HwGetVideoChildDescriptor: () => { hang('HwVidGetVideoChildDescriptor'); return vp.VIDEO_ENUM_NO_MORE_DEVICES; },
    HwGetLegacyResources: () => hang('HwVidLegacyResources'),`;
  // mini's DPC routine is called DrawFrame. HwVidResetHw comes after a crash, for which a DPC does as well.
  const dpc = name === 'HwVidResetHw' ? "throw new Error('now');" : `hang('HwVidDpcRoutine');`;
  const source = miniWith('HwVidInitialize', call)
    .replace('    HwSetPowerState: HwVidSetPowerState,', data)
    .replace(/(function DrawFrame\([\s\S]*?\)(?:: [\w | ]+)? \{\n)/, (head) => `${head}  ${dpc}\n`);
  if (!source.includes(data) || !source.includes(dpc)) throw new Error('mini.ts names its callbacks in another way');
  const inside = new RegExp(`(function ${name}\\([^]*?\\)(?:: [\\w | ]+)? \\{\n)`);
  return `${source.replace(inside, (head) => `${head}  hang('${name}');\n`)}
import * as vp from 'videoport';
function hang(name: string): void {
  if (name !== '${name}') return;
  console.log('in ' + name);
  for (;;);
}
`;
}

const ADAPTER = `vp.VideoPortGetDmaAdapter(ext, { ScatterGather: true, Dma32BitAddresses: true, Dma64BitAddresses: false, MaximumLength: 65536 })`;

describe('a driver that never returns is ended by Stop, and the next boot is clean:', () => {
  /** Each callback, what brings it about, and what brings about the one before it where that is a crash or the shutdown. */
  const callbacks: [string, string?, ('crash' | 'stop')?][] = [
    ['DriverEntry'],
    ['HwVidLegacyResources'],
    ['HwVidFindAdapter'],
    ['HwVidInitialize'],
    ['HwVidGetVideoChildDescriptor'],
    ['HwVidStartIO'],
    ['HwVidInterrupt'],
    ['HwVidDpcRoutine'],
    ['HwVidTimer', 'vp.VideoPortStartTimer(ext);'],
    [
      'HwVidSynchronizeExecutionCallback',
      "vp.VideoPortSynchronizeExecution(ext, vp.VpHighPriority, () => { hang('HwVidSynchronizeExecutionCallback'); return true; }, null as never);",
    ],
    [
      'HwVidExecuteDma',
      `const adapter = ${ADAPTER};
  const block = vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 4096, 1);
  const mdl = vp.VideoPortLockBuffer(ext, block, 4096, vp.VpWriteAccess);
  vp.VideoPortStartDma(ext, adapter, mdl, 0, vp.out(4096), () => hang('HwVidExecuteDma') as never, null as never, false);`,
    ],
    [
      'HwVidQueryNamedValueCallback',
      `vp.VideoPortSetRegistryParameters(ext, 'x', vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 4, 1), 4);
  vp.VideoPortGetRegistryParameters(ext, 'x', false, () => { hang('HwVidQueryNamedValueCallback'); return vp.NO_ERROR; }, null as never);`,
    ],
    [
      'HwVidQueryDeviceCallback',
      "vp.VideoPortGetDeviceData(ext, vp.VpBusData, () => { hang('HwVidQueryDeviceCallback'); return vp.NO_ERROR; }, null as never);",
    ],
    [
      'HwVidBankedMemoryCallback',
      `const bank = vp.out(0);
  vp.VideoPortMapBankedMemory(ext, 0xe000_0000n, vp.out(8192), vp.out(0), bank, 4096, 1, () => hang('HwVidBankedMemoryCallback'), null as never);
  vp.VideoPortReadRegisterUlong(bank.value);`,
    ],
    [
      'ReadClockLine',
      `const I2CCallbacks = { WriteClockLine: () => {}, WriteDataLine: () => {}, ReadClockLine: () => { hang('ReadClockLine'); return true; }, ReadDataLine: () => true };
  vp.VideoPortDDCMonitorHelper(ext, { Size: vp.SIZE_OF_DDC_CONTROL, I2CCallbacks, EdidSegment: 0 }, vp.VideoPortAllocatePool(ext, vp.VpNonPagedPool, 256, 1), 256);`,
    ],
    ['HwVidSetPowerState', '', 'stop'],
    ['HwVidGetPowerState', '', 'stop'],
    ['HwVidResetHw', '', 'crash'],
    [
      'HwVidBugcheckCallback',
      "vp.VideoPortRegisterBugcheckCallback(ext, 0xea, () => hang('HwVidBugcheckCallback'), 148);\n  for (;;) vp.VideoPortStallExecution(50);",
      'crash',
    ],
  ];
  for (const [name, call = '', after] of callbacks) {
    it(name, async () => {
      const { machine, said } = await boot(hanging(name, call), { watchdogSeconds: after === 'crash' ? 0.5 : 5 });
      if (after === 'stop') await machine.frames(1);
      else await said(`in ${name}`);
      const start = performance.now();
      // A shutdown that hangs must first come to where it does.
      const report = await machine.stop(after === 'stop' ? { graceMs: 1500 } : {});
      console.log(`${name}: stopped in ${Math.round(performance.now() - start)} ms`);
      expect(report.log).to.include(`driver info: in ${name}`);
      expect(report.shutdown).to.equal(after === 'crash' ? 'none' : 'forced');
      expect(machine.state).to.equal(after === 'crash' ? 'crashed' : 'stopped');
    });
  }
  it('in whichever callback there is', () => {
    expect(callbacks.map(([name]) => name)).to.include.members([...CALLBACKS]);
  });
  it('and afterwards', bootsClean);
});
