import { expect } from 'chai';
import { CompileError } from '../../src/machine/machine-types.ts';
import type { LogView } from '../../src/playground/log-view.ts';
import { PlaygroundApp } from '../../src/playground/playground-app.ts';
import { dmaViolation, FakeMachineHost, findingAt, statsOf } from './fake-machine-host.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const source = Array.from({ length: 200 }, (_, index) => `const line${index + 1} = ${index + 1};`).join('\n');

describe('playground page', () => {
  let app: PlaygroundApp;
  let host: FakeMachineHost;

  /** Finds an element by a path of selectors, each within the shadow tree of the one before. */
  const find = <Found extends HTMLElement>(...path: string[]): Found | null => {
    let at: Element | null = app;
    for (const selector of path) at = at?.shadowRoot?.querySelector(selector) ?? null;
    return at as Found | null;
  };
  const all = (...path: string[]): HTMLElement[] => {
    const last = path.pop() ?? '';
    const root = path.length === 0 ? app : find(...path);
    return [...(root?.shadowRoot?.querySelectorAll<HTMLElement>(last) ?? [])];
  };
  const text = (...path: string[]) => (find(...path)?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const button = (action: string) => find('vp-controls', `[data-action=${action}]`);
  const enabled = () =>
    ['run', 'stop', 'restart'].filter((action) => button(action)?.getAttribute('aria-disabled') === 'false');
  const slots = () => all('vp-monitor', '.slot');

  /** Lets promises settle and every component draw itself. */
  const settle = async () => {
    await frame();
    await app.updateComplete;
    await frame();
  };

  const open = async () => {
    app.machineHost = host;
    document.body.append(app);
    await settle();
  };

  before(async () => {
    await loadPageStyles();
    // The page fetches the compiler when it first needs it; here it is to be there.
    await import('../../src/machine/compile.ts');
  });

  beforeEach(() => {
    host = new FakeMachineHost();
    app = new PlaygroundApp();
    app.desk.workspace.openShipped('mini', source);
  });

  afterEach(() => app.remove());

  describe('state and buttons', () => {
    it('boots the driver at once and offers Stop and Restart', async () => {
      await open();
      expect(host.machines).to.have.length(1);
      expect(host.machine.options).to.include({ source, fileName: 'mini.ts' });
      expect(host.machine.options.mode).to.deep.equal({ width: 640, height: 480 });
      expect(host.machine.options).not.to.have.property('engine');
      expect(enabled()).to.deep.equal(['stop', 'restart']);
      host.machine.comeUp();
      await settle();
      expect(text('vp-bezel', '.state')).to.equal('Running');
      expect(find('vp-bezel', '[role=status]')?.getAttribute('aria-live')).to.equal('polite');
      expect(text('vp-bezel', 'vp-engine', '.badge')).to.equal('WebGPUExample GPU 4000');
      expect(text('vp-bezel', '.mode')).to.equal('640×480');
    });

    it('Stop shows at once, before the machine is gone, and stops it once', async () => {
      await open();
      host.machine.comeUp();
      await settle();
      button('stop')?.click();
      await app.updateComplete;
      expect(text('vp-bezel', '.state')).to.equal('Stopped');
      await settle();
      button('stop')?.click();
      await settle();
      expect(host.machine.stops).to.equal(1);
      expect(enabled()).to.deep.equal(['run']);
    });

    it('the focus stays on a button that its own press has turned off', async () => {
      await open();
      host.machine.comeUp();
      await settle();
      const stop = button('stop');
      stop?.focus();
      stop?.click();
      await settle();
      expect(stop?.getAttribute('aria-disabled')).to.equal('true');
      expect(find('vp-controls')?.shadowRoot?.activeElement).to.equal(stop);
    });

    it('Stop while the machine is still starting ends it as soon as it is there', async () => {
      let arrive = () => {};
      host.delay = new Promise((resolve) => {
        arrive = resolve;
      });
      await open();
      expect(text('vp-bezel', '.state')).to.equal('Starting');
      button('stop')?.click();
      await settle();
      expect(text('vp-bezel', '.state')).to.equal('Stopped');
      expect(slots()).to.have.length(0);
      arrive();
      await settle();
      expect(host.machine.stops).to.equal(1);
      expect(text('vp-bezel', '.state')).to.equal('Stopped');
    });

    it('Run lets a paused machine go on instead of booting another', async () => {
      await open();
      host.machine.comeUp();
      host.machine.pause();
      await settle();
      expect(enabled()).to.deep.equal(['run', 'stop', 'restart']);
      button('run')?.click();
      await settle();
      expect(host.machine.resumes).to.equal(1);
      expect(host.machines).to.have.length(1);
    });

    it('resolution and engine hold from the next boot on', async () => {
      await open();
      host.machine.comeUp();
      await settle();
      const choose = (label: string, value: string) => {
        const list = find<HTMLSelectElement>('vp-controls', `[aria-label=${label}]`);
        if (list) list.value = value;
        list?.dispatchEvent(new Event('change'));
      };
      choose('Resolution', '1280x720');
      await settle();
      choose('Engine', 'software');
      await settle();
      expect(host.machines).to.have.length(1);
      expect(button('restart')?.classList.contains('pending')).to.equal(true);
      button('restart')?.click();
      await settle();
      expect(host.machine.options.mode).to.deep.equal({ width: 1280, height: 720 });
      expect(host.machine.options.engine).to.equal('software');
      expect(button('restart')?.classList.contains('pending')).to.equal(false);
    });

    it('what a machine says after it was replaced changes nothing', async () => {
      await open();
      const old = host.machine;
      old.comeUp();
      await settle();
      button('restart')?.click();
      await settle();
      host.machine.comeUp();
      old.emit({ type: 'state', state: 'crashed' });
      old.emit({ type: 'finding', finding: findingAt(3) });
      await settle();
      expect(text('vp-bezel', '.state')).to.equal('Running');
      expect(app.session.findingTotal).to.equal(0);
    });

    it('findings of the leak check at the end are still shown', async () => {
      await open();
      host.machine.comeUp();
      await settle();
      button('stop')?.click();
      host.machine.emit({ type: 'finding', finding: findingAt(3, { rule: 'leak' }) });
      await settle();
      expect(all('vp-output', 'vp-findings', '.row')).to.have.length(1);
    });
  });

  describe('monitor', () => {
    it('says that there is no signal until the first frame', async () => {
      await open();
      host.machine.comeUp();
      await settle();
      expect(text('vp-monitor', '.osd')).to.equal('Waiting for a signal');
      host.machine.showFrame();
      await settle();
      expect(find('vp-monitor', '.over')).to.equal(null);
    });

    it('Restart boots into the same frame, which is not asked for the picture that it keeps', async () => {
      await open();
      const first = host.machine;
      first.comeUp();
      first.showFrame();
      await settle();
      const [slot] = slots();
      button('restart')?.click();
      await settle();
      expect(host.machines).to.have.length(2);
      expect(first.stops).to.equal(1);
      expect(slots()).to.deep.equal([slot]);
      expect(host.machine.frame).to.equal(first.frame);
      expect(first.stoppedWith?.picture).to.equal('unread');
      expect(find('vp-monitor', '.over'), 'nothing covers the picture').to.equal(null);
    });

    it('Run after Stop boots into the same frame too', async () => {
      await open();
      const first = host.machine;
      first.comeUp();
      first.showFrame();
      await settle();
      button('stop')?.click();
      await settle();
      button('run')?.click();
      await settle();
      expect(host.machines).to.have.length(2);
      expect(first.stops).to.be.above(0);
      expect(slots()).to.have.length(1);
      expect(host.machine.frame).to.equal(first.frame);
    });

    it('takes the last picture away when it is plain that the new machine shows none', async () => {
      await open();
      host.machine.comeUp();
      host.machine.showFrame();
      await settle();
      button('restart')?.click();
      await settle();
      host.machine.showNothing();
      await settle();
      expect(find('vp-monitor', '.over'), 'while it boots, or is stepped through, it may take its time').to.equal(null);
      host.machine.comeUp();
      host.machine.showNothing();
      await settle();
      expect(text('vp-monitor', '.over')).to.equal('Waiting for a signal');
      host.machine.emit({ type: 'stats', stats: statsOf({ frames: 1 }) });
      await settle();
      expect(find('vp-monitor', '.over')).to.equal(null);
    });

    it('takes it away sooner when it is another driver’s', async () => {
      await open();
      host.machine.comeUp();
      host.machine.showFrame();
      await settle();
      button('restart')?.click();
      await settle();
      const edited = host.machine.patience as number;
      host.machine.comeUp();
      host.machine.showFrame();
      await settle();
      app.power.opened();
      await settle();
      expect(host.machine.patience).to.be.below(1000).and.below(edited);
      host.machine.comeUp();
      host.machine.showNothing();
      await settle();
      expect(text('vp-monitor', '.over')).to.equal('Waiting for a signal');
    });

    it('Restart with another engine keeps the last picture above the new frame', async () => {
      await open();
      const first = host.machine;
      first.comeUp();
      first.showFrame();
      await settle();
      const [oldSlot] = slots();
      app.choice = { ...app.choice, engine: 'software' };
      await settle();
      button('restart')?.click();
      await settle();
      expect(first.stops).to.equal(1);
      expect(slots()).to.have.length(2);
      expect(slots()[1]).to.equal(oldSlot);
      const { parentElement } = host.machine.frame;
      expect(parentElement).to.equal(slots()[0]);
      host.machine.emit({ type: 'stats', stats: statsOf({ frames: 1 }) });
      await settle();
      expect(slots(), 'the frame may still be on its way').to.have.length(2);
      host.machine.showFrame();
      await settle();
      expect(slots()).to.deep.equal([parentElement]);
    });

    it('keeps its size whatever the mode, and fits the picture into it', async () => {
      await open();
      const monitor = find('vp-monitor');
      /** Size, and place within the page, which may be scrolled. */
      const box = () => {
        const [inner, outer] = [monitor?.getBoundingClientRect(), app.getBoundingClientRect()];
        return {
          width: inner?.width ?? 0,
          height: inner?.height ?? 1,
          top: Math.round((inner?.top ?? 0) - outer.top),
          left: Math.round((inner?.left ?? 0) - outer.left),
        };
      };
      const before = box();
      expect(before.width / before.height).to.be.closeTo(4 / 3, 0.01);
      host.machine.emit({ type: 'mode', width: 1920, height: 1080, instead: null });
      host.machine.showFrame();
      await settle();
      expect(box()).to.deep.equal(before);
      const slot = slots()[0]?.getBoundingClientRect();
      expect((slot?.width ?? 0) / (slot?.height ?? 1)).to.be.closeTo(16 / 9, 0.01);
    });

    it('shows a crash as a stop screen with code, name, parameters, sentence and line', async () => {
      await open();
      host.machine.comeUp();
      host.machine.emit({ type: 'bugcheck', bugCheck: dmaViolation });
      host.machine.emit({ type: 'state', state: 'crashed', reason: dmaViolation.name });
      await settle();
      const screen = text('vp-monitor', '.stop-screen');
      expect(screen).to.contain('DRIVER_VERIFIER_DMA_VIOLATION');
      expect(screen).to.contain('*** STOP: 0x000000E6 (0x00000003,0x00020000,0xFE000000,0x00000000)');
      expect(screen).to.contain(dmaViolation.message);
      expect(screen).to.contain('mini.ts:12:5');
      expect(text('vp-bezel', '[role=status]')).to.equal('Crashed: DRIVER_VERIFIER_DMA_VIOLATION');
      expect(find('vp-editor', 'vp-source', '[data-line="12"]')?.classList.contains('error')).to.equal(true);
      expect(enabled()).to.deep.equal(['run', 'restart']);
    });

    it('stops the crashed machine when the next one boots, and takes the stop screen away', async () => {
      await open();
      const crashed = host.machine;
      crashed.emit({ type: 'bugcheck', bugCheck: dmaViolation });
      crashed.emit({ type: 'state', state: 'crashed' });
      await settle();
      find('vp-monitor', '.stop-screen button')?.focus();
      button('run')?.click();
      await settle();
      expect(crashed.stops).to.equal(1);
      expect(slots()).to.have.length(1);
      expect(find('vp-monitor', '.stop-screen')).to.equal(null);
      expect(find('vp-monitor')?.shadowRoot?.activeElement?.className, 'the focus').to.equal('tube');
    });

    it('lists compile errors with their places, each a way into the source', async () => {
      host.refusal = new CompileError([
        { file: 'mini.ts', line: 150, column: 3, message: "'}' expected" },
        { file: 'mini.ts', line: 9, column: 14, message: 'Unexpected token' },
      ]);
      await open();
      expect(text('vp-bezel', '.state')).to.equal('Not booted');
      expect(text('vp-monitor', '.panel h2')).to.equal('The source does not compile: 2 errors');
      expect(all('vp-monitor', '.place').map((place) => place.textContent)).to.deep.equal([
        'mini.ts:150:3',
        'mini.ts:9:14',
      ]);
      all('vp-monitor', '.place')[1]?.click();
      await settle();
      expect(find('vp-editor', 'vp-source', '[data-line="9"]')?.classList.contains('target')).to.equal(true);
      expect(find('vp-editor', 'vp-source', '[data-line="150"]')?.classList.contains('error')).to.equal(true);
    });

    it('says why a driver did not start', async () => {
      await open();
      host.machine.emit({ type: 'state', state: 'failed', reason: 'HwVidFindAdapter returned ERROR_DEV_NOT_EXIST' });
      await settle();
      expect(text('vp-monitor', '.panel')).to.contain('HwVidFindAdapter returned ERROR_DEV_NOT_EXIST');
    });
  });

  describe('figures and lights', () => {
    it('shows rates from the differences of reports and lights what moved', async () => {
      await open();
      host.machine.comeUp();
      const started = performance.now();
      host.machine.emit({ type: 'stats', stats: statsOf({ frames: 10 }) });
      await new Promise((resolve) => setTimeout(resolve, 250));
      host.machine.emit({ type: 'stats', stats: statsOf({ frames: 25, doorbells: 15 }) });
      const seconds = (performance.now() - started) / 1000;
      await settle();
      expect(Number(text('vp-stats', '[data-counter=frames] .value'))).to.be.closeTo(15 / seconds, 3);
      expect(text('vp-stats', '[data-counter=interrupts] .value')).to.equal('0');
      expect(find('vp-stats', '[data-counter=frames]')?.title).to.contain('Since boot: 25.');
      const lit = () => all('vp-bezel', 'vp-lights', '.light.on').map((light) => light.getAttribute('aria-label'));
      expect(lit()).to.deep.equal(['Doorbell: active']);
      button('stop')?.click();
      await settle();
      expect(lit()).to.deep.equal([]);
      expect(text('vp-stats', '[data-counter=frames] .value')).to.equal('–');
    });
  });

  it('the buttons stay in one line whatever is chosen, as long as there is room for the longest choice', async () => {
    app.style.cssText = 'position: fixed; left: 0; top: 0';
    await open();
    const bar = find('vp-controls');
    for (const width of [482, 518, 600, 642]) {
      if (bar) bar.style.cssText = `flex: none; width: ${width}px`;
      for (const [w, h, engine] of [
        [640, 480, 'auto'],
        [3840, 2160, 'software'],
      ] as const) {
        app.choice = { ...app.choice, width: w, height: h, engine };
        await settle();
        const { height = 0 } = bar?.getBoundingClientRect() ?? {};
        expect(height, `${width} px, ${engine}`).to.be.within(32, 40);
        expect(bar?.scrollWidth, `${width} px, ${engine}`).to.be.at.most(width);
      }
    }
  });

  describe('findings and log', () => {
    it('marks the line of a finding, and a click on the finding scrolls to it', async () => {
      app.arrangement.layout = 'learn';
      await open();
      host.machine.comeUp();
      for (let index = 0; index < 3; index++) host.machine.emit({ type: 'finding', finding: findingAt(180) });
      host.machine.emit({ type: 'finding', finding: findingAt(null, { code: '0xC4/91' }) });
      await settle();
      expect(text('vp-output', '#tab-findings .count')).to.equal('4');
      expect(find('vp-output', '#tab-findings')?.getAttribute('aria-selected')).to.equal('true');
      const rows = all('vp-output', 'vp-findings', '.row');
      expect(rows).to.have.length(2);
      expect(rows[0]?.textContent).to.match(/0xE6\/03[\s\S]*×3[\s\S]*mini\.ts:180:3/);
      expect(rows[1]?.tagName).to.equal('DIV');

      const line = find('vp-editor', 'vp-source', '[data-line="180"]');
      const pane = find('vp-editor', 'vp-source', 'pre');
      expect(line?.classList.contains('finding')).to.equal(true);
      const visible = () => {
        const [inner, outer] = [line?.getBoundingClientRect(), pane?.getBoundingClientRect()];
        return inner && outer && inner.top >= outer.top && inner.bottom <= outer.bottom;
      };
      expect(visible()).to.equal(false);
      rows[0]?.click();
      const patience = performance.now() + 5000;
      while (!visible() && performance.now() < patience) await frame();
      expect(visible()).to.equal(true);
    });

    it('shows the way to the place of a finding, each step a way into the source', async () => {
      await open();
      host.machine.comeUp();
      host.machine.emit({ type: 'finding', finding: findingAt(180, { callers: ['mini.ts:20:3', 'mini.ts:5:1'] }) });
      await settle();
      const callers = all('vp-output', 'vp-findings', '.callers button');
      expect(callers.map((button) => button.textContent)).to.deep.equal(['mini.ts:20:3', 'mini.ts:5:1']);
      let asked: unknown;
      app.addEventListener('show-line', (event) => {
        asked = (event as CustomEvent).detail;
      });
      callers[0]?.click();
      expect(asked).to.deep.equal({ line: 20, column: 3, file: 'mini.ts' });
    });

    it('a visitor who chose the log is not taken away from it', async () => {
      app.arrangement.layout = 'learn';
      await open();
      find('vp-output', '#tab-log')?.click();
      host.machine.emit({ type: 'finding', finding: findingAt(5) });
      await settle();
      expect(find('vp-output', '#tab-log')?.getAttribute('aria-selected')).to.equal('true');
    });

    it('logs what the machine says, boots apart', async () => {
      await open();
      host.machine.emit({ type: 'log', source: 'driver', level: 'warn', text: 'no such mode' });
      await settle();
      const log = find<LogView>('vp-output', 'vp-log');
      const rows = [...(log?.renderRoot.querySelectorAll('.row .text') ?? [])].map((row) => row.textContent);
      expect(rows).to.deep.equal(['── boot 1: mini.ts, 640×480, engine auto ──', 'no such mode']);
    });
  });

  describe('keyboard', () => {
    const press = (key: string, some: KeyboardEventInit = {}) =>
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...some }),
      );

    it('stops, runs and restarts', async () => {
      const modifier = /Mac/.test(navigator.platform) ? { metaKey: true } : { ctrlKey: true };
      await open();
      host.machine.comeUp();
      press('.', modifier);
      await settle();
      expect(text('vp-bezel', '.state')).to.equal('Stopped');
      press('Enter', modifier);
      await settle();
      expect(host.machines).to.have.length(2);
      press('Enter', { ...modifier, shiftKey: true });
      await settle();
      expect(host.machines).to.have.length(3);
    });

    it('opens the sheet on ?, and other shortcuts wait until it is closed', async () => {
      await open();
      press('?', { shiftKey: true });
      const dialog = find<HTMLDialogElement>('vp-shortcuts', 'dialog');
      expect(dialog?.open).to.equal(true);
      expect(dialog?.matches(':modal')).to.equal(true);
      const { theme } = app;
      press('t');
      expect(app.theme).to.equal(theme);
      find('vp-shortcuts', '[aria-label=Close]')?.click();
      expect(dialog?.open).to.equal(false);
    });

    it('goes to source, findings and log, and along the tabs with arrows', async () => {
      app.arrangement.layout = 'learn';
      await open();
      press('s');
      await settle();
      expect(find('vp-editor', 'vp-source')?.shadowRoot?.activeElement?.tagName).to.equal('PRE');
      press('f');
      await settle();
      expect(find('vp-output')?.shadowRoot?.activeElement?.id).to.equal('tab-findings');
      find('vp-output')?.shadowRoot?.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, composed: true }),
      );
      await settle();
      expect(find('vp-output')?.shadowRoot?.activeElement?.id).to.equal('tab-log');
      expect(find('vp-output', '#panel-log')?.hidden).to.equal(false);
    });
  });

  describe('what the browser can do', () => {
    it('explains an unisolated page, boots nothing, and offers its own tab when in a frame', async () => {
      host.supported = { kind: 'not-isolated', reason: 'SharedArrayBuffer is missing' };
      app.embedded = true;
      await open();
      expect(host.machines).to.have.length(0);
      expect(enabled()).to.deep.equal([]);
      const notice = () => find('vp-monitor', 'vp-isolation-notice')?.shadowRoot?.textContent ?? '';
      expect(notice()).to.contain('Document-Isolation-Policy: isolate-and-require-corp');
      expect(notice()).to.contain('SharedArrayBuffer is missing');
      expect(find('vp-monitor', 'vp-isolation-notice', 'a')?.getAttribute('target')).to.equal('_blank');
      app.embedded = false;
      await settle();
      expect(find('vp-monitor', 'vp-isolation-notice', 'a')).to.equal(null);
      expect(all('vp-editor', 'vp-source', '.line')).to.have.length(200);
    });

    it('runs without WebGPU and says how to get it', async () => {
      host.supported = { kind: 'no-webgpu', reason: 'no adapter' };
      await open();
      expect(host.machines).to.have.length(1);
      find('vp-bezel', 'vp-engine', 'button.badge')?.click();
      const help = find('vp-bezel', 'vp-engine', '[popover]');
      expect(help?.matches(':popover-open')).to.equal(true);
      expect(help?.textContent).to.contain('chrome://gpu');
      expect(help?.textContent).to.contain('no adapter');
    });
  });
});
