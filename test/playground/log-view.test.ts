import { expect } from 'chai';
import { type LogLine, LogView, logLimit } from '../../src/playground/log-view.ts';
import { loadPageStyles } from './page-styles.ts';

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const line = (text: string, level: LogLine['level'] = 'info'): LogLine => ({ source: 'driver', level, text });

describe('log', () => {
  let log: LogView;
  const rows = () => [...log.renderRoot.querySelectorAll<HTMLElement>('.row')];
  const shown = () => rows().filter((row) => row.offsetParent !== null || getComputedStyle(row).display !== 'none');
  const scroller = () => log.renderRoot.querySelector('.scroller') as HTMLElement;
  const atEnd = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < 2;

  before(loadPageStyles);

  beforeEach(async () => {
    log = new LogView();
    log.style.height = '200px';
    document.body.append(log);
    await log.updateComplete;
  });

  afterEach(() => log.remove());

  it('shows a line in the next frame, and a thousand in the same one', async () => {
    for (let index = 0; index < 1000; index++) log.add(line(`line ${index}`));
    expect(rows()).to.have.length(0);
    await frame();
    expect(rows()).to.have.length(1000);
    expect(rows()[999]?.textContent).to.contain('line 999');
  });

  it('keeps the newest lines up to its limit', async () => {
    for (let index = 0; index < logLimit + 5; index++) log.add(line(`line ${index}`));
    await frame();
    for (let index = 0; index < 10; index++) log.add(line(`more ${index}`));
    await frame();
    expect(rows()).to.have.length(logLimit);
    expect(rows()[0]?.textContent).to.contain('line 15');
    expect(rows().at(-1)?.textContent).to.contain('more 9');
  });

  it('shows with each level those that the DDK puts before it', async () => {
    for (const level of ['error', 'warn', 'trace', 'info'] as const) log.add(line(level, level));
    await frame();
    const visible: Record<string, number> = {};
    for (const level of ['error', 'warn', 'trace', 'info'] as const) {
      log.level = level;
      await log.updateComplete;
      visible[level] = shown().length;
    }
    expect(visible).to.deep.equal({ error: 1, warn: 2, trace: 3, info: 4 });
  });

  it('follows the end until someone scrolls up, and again on request', async () => {
    for (let index = 0; index < 100; index++) log.add(line(`line ${index}`));
    await frame();
    expect(atEnd()).to.equal(true);

    scroller().scrollTop = 50;
    await frame();
    await frame();
    log.add(line('one more'));
    await frame();
    expect(scroller().scrollTop).to.equal(50);

    const button = log.renderRoot.querySelector('.end') as HTMLButtonElement;
    expect(button.hidden).to.equal(false);
    button.click();
    await log.updateComplete;
    expect(atEnd()).to.equal(true);
    expect(log.shadowRoot?.activeElement).to.equal(scroller());
  });

  it('takes the first turn of the wheel upwards as a wish to stay', async () => {
    for (let index = 0; index < 100; index++) log.add(line(`line ${index}`));
    await frame();
    scroller().dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    const top = scroller().scrollTop;
    log.add(line('one more'));
    await frame();
    expect(scroller().scrollTop).to.equal(top);
    expect(log.following).to.equal(false);
  });

  it('puts text into the page as text', async () => {
    log.add(line('<img src=x onerror="window.hit = true">'));
    await frame();
    expect(log.renderRoot.querySelector('.row img')).to.equal(null);
    expect(rows()[0]?.textContent).to.contain('<img');
  });
});
