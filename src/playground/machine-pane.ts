/** The machine's place on the page: the monitor in its case, and the buttons below it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChoiceEvent, ControlEvent } from './control-bar.ts';
import { openIcon, runIcon, sourceIcon, stopIcon } from './icons.ts';
import type { LayoutEvent } from './layout-switch.ts';
import type { Page } from './page.ts';
import type { Splitter } from './splitter.ts';
import { openInPlayground } from './ways-out.ts';
import './control-bar.ts';
import './layout-switch.ts';
import './machine-bezel.ts';
import './monitor-view.ts';

/** Does what is chosen differ from what the present machine was booted with? */
function isPending({ choice, session }: Page): boolean {
  const { bootedWith, canStop } = session;
  const { engine, width, height, verifier } = choice;
  return (
    canStop &&
    bootedWith !== null &&
    (bootedWith.engine !== engine ||
      bootedWith.width !== width ||
      bootedWith.height !== height ||
      bootedWith.verifier !== verifier)
  );
}

/** @returns the machine as it is now */
export function machinePane(page: Page): TemplateResult {
  const { session, desk, extent, arrangement } = page;
  const { phase, bugCheck, mode, engine, support } = session;
  const { hold } = session.stepper;
  const isOpen = desk.workspace.current.origin !== 'none';
  return html`<section class="machine" aria-label="Machine">
    <div class="case">
      <vp-monitor
        .phase=${phase}
        .reason=${session.reason}
        .errors=${session.errors}
        .bugCheck=${bugCheck}
        .support=${support}
        .hasPicture=${session.hasPicture}
        .embedded=${page.embedded}
        .waitsFor=${page.power.waitsFor}
        @control=${(event: ControlEvent) => page.do(event.detail)}
      ></vp-monitor>
      <vp-bezel extent=${extent} .told=${{ phase, bugCheck, mode, engine, support, hold }} ?linked=${extent !== 'monitor'}>
        ${extent === 'monitor' ? bezelButtons(page) : nothing}
      </vp-bezel>
    </div>
    <div class="strip">
      <vp-controls
        ?bare=${arrangement.presenting}
        .canRun=${session.canRun && isOpen}
        .canStop=${session.canStop}
        .canRestart=${session.canRestart}
        .canPause=${session.canPause}
        .canStep=${session.canStep && isOpen}
        .canStepOut=${session.canStepOut}
        .paused=${phase === 'paused'}
        .choice=${page.choice}
        .pending=${isPending(page)}
        @control=${(event: ControlEvent) => page.do(event.detail)}
        @choice=${(event: ChoiceEvent) => {
          page.choice = event.detail;
        }}
      ></vp-controls>
      ${arrangement.presenting ? presenterTools(page) : nothing}
    </div>
  </section>`;
}

/** The monitor alone has no other place for buttons. */
function bezelButtons(page: Page): TemplateResult {
  const { canStop } = page.session;
  return html`<span class="bezel-buttons">
    <button class="plain" data-toggle aria-label=${canStop ? 'Stop' : 'Run'} @click=${() => page.do(canStop ? 'stop' : 'run')}>${canStop ? stopIcon : runIcon}</button>
    ${openButton(page)}
  </span>`;
}

/** What stands in the header otherwise, as far as a presenter needs it. */
function presenterTools(page: Page): TemplateResult {
  const { layout, sourceAway } = page.arrangement;
  const toggle = () => page.piece<Splitter>('vp-splitter[name=columns]').toggleWhole();
  return html`<button class="icon" data-source aria-label="Source" aria-pressed=${sourceAway ? 'false' : 'true'} title=${sourceAway ? 'Show the source (S)' : 'Put the source away'} @click=${toggle}>${sourceIcon}</button>
    <vp-layouts .layout=${layout} @layout-chosen=${({ detail }: LayoutEvent) => page.do(detail)}></vp-layouts>`;
}

/** @returns the button that leads from a frame of another page to a page of its own */
export function openButton(page: Page): TemplateResult {
  return html`<button class="plain" data-open @click=${() => openInPlayground(page)}>${openIcon}Open in playground</button>`;
}
