import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Screen } from '../engine/engine.ts';
import { dialogStyles } from './dialog-styles.ts';
import { formatCount } from './format.ts';
import { sharedStyles } from './shared-styles.ts';

/** What there is to share. */
export interface Shared {
  /** The link's fragment, `#` included. */
  readonly fragment: string;
  readonly fileName: string;
  /** How many files the driver has besides. */
  readonly others?: number;
  /** What the monitor shows; null when it shows nothing. */
  readonly picture: Screen | null;
}

function canvasOf({ width, height, pixels }: Screen): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** A picture as a PNG file. Rejects when the browser cannot make one. */
export async function pngOf(screen: Screen): Promise<Blob> {
  const canvas = canvasOf(screen);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the browser made no PNG of the screen'))),
      'image/png',
    ),
  );
}

/** Links longer than this are cut by some programs that pass them on. In characters. */
const comfortable = 2000;

/** Hands a file to the browser's downloads. */
export function download(content: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  // Not at once: the browser begins to read it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** `<vp-share>`: the link to what is open, a snippet that embeds it, the screen as a picture. */
export class ShareDialog extends LitElement {
  static override properties = {
    shared: { state: true },
    problem: { state: true },
    kind: { state: true },
    copied: { state: true },
  };
  declare shared: Shared | null;
  declare problem: string;
  declare kind: 'embed' | 'embed=monitor';
  declare copied: 'link' | 'snippet' | 'picture' | '';

  #shown: { readonly picture: Screen; readonly canvas: HTMLCanvasElement } | null = null;

  constructor() {
    super();
    this.shared = null;
    this.problem = '';
    this.kind = 'embed';
    this.copied = '';
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  get open(): boolean {
    return this.#dialog?.open ?? false;
  }

  /** Opens at once and fills itself when the link is there. */
  async show(shared: Promise<Shared>): Promise<void> {
    this.shared = null;
    this.problem = '';
    this.copied = '';
    if (!this.open) this.#dialog?.showModal();
    try {
      this.shared = await shared;
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLInputElement>('#link')?.select();
    } catch (error) {
      this.problem = `The link could not be made: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Where the page lies, without query and fragment. */
  get #page(): string {
    return `${location.origin}${location.pathname}`;
  }

  get #link(): string {
    return `${this.#page}${this.shared?.fragment ?? ''}`;
  }

  get #snippet(): string {
    const height = this.kind === 'embed' ? 560 : 480;
    return `<iframe src="${this.#page}?${this.kind}${this.shared?.fragment ?? ''}" width="100%" height="${height}" style="border:0" allow="cross-origin-isolated; clipboard-write" title="videoport"></iframe>`;
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @click=${this.#clicked}>
      <div class="body">
        <div class="head">
          <h2 id="title">Share</h2>
          <button class="plain close" aria-label="Close" @click=${() => this.#dialog?.close()}>✕</button>
        </div>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        ${this.shared ? this.#content(this.shared) : this.problem ? nothing : html`<p class="quiet" role="status">Packing…</p>`}
      </div>
    </dialog>`;
  }

  #content({ fileName, others = 0, picture }: Shared): TemplateResult {
    return html`
      <h3>Link</h3>
      <div class="line">
        <input id="link" class="mono" readonly aria-label="Link" .value=${this.#link} @focus=${this.#selectAll} />
        <button class="main" data-copy="link" @click=${() => this.#copy('link', this.#link)}>${this.copied === 'link' ? 'Copied' : 'Copy link'}</button>
      </div>
      <p class="quiet">${formatCount(this.#link.length)} characters hold <b class="mono">${fileName}</b>${others > 0 ? html` and ${others} more ${others === 1 ? 'file' : 'files'}` : nothing}, the machine’s settings, and the page as you have it: layout, dividers, what is open and selected. Nothing is sent to any server, and the link works for ever.</p>
      ${
        this.#link.length > comfortable
          ? html`<p class="long">Some programs cut links longer than ${formatCount(comfortable)} characters. Where it matters, pass the driver on as a file.</p>`
          : nothing
      }
      <h3>Embed</h3>
      <div class="kinds" role="radiogroup" aria-label="What the frame shows">
        ${this.#kind('embed', 'Monitor and source')} ${this.#kind('embed=monitor', 'Monitor only')}
      </div>
      <textarea class="mono" readonly rows="3" aria-label="HTML that embeds it" .value=${this.#snippet} @focus=${this.#selectAll}></textarea>
      <div class="line end">
        <button data-copy="snippet" @click=${() => this.#copy('snippet', this.#snippet)}>${this.copied === 'snippet' ? 'Copied' : 'Copy snippet'}</button>
      </div>
      <h3>Screen</h3>
      ${
        picture
          ? html`<div class="line picture">
              ${this.#preview(picture)}
              <span class="quiet">${picture.width}×${picture.height}, as it was when this opened</span>
              <span class="buttons">
                <button data-copy="picture" @click=${() => this.#copyPicture(picture)}>${this.copied === 'picture' ? 'Copied' : 'Copy picture'}</button>
                <button data-png @click=${() => this.#save(picture, fileName)}>Download PNG</button>
              </span>
            </div>`
          : html`<p class="quiet">The monitor shows nothing now. Run the driver to share its picture.</p>`
      }
      <span class="hidden-text" role="status">${this.copied ? 'Copied' : ''}</span>
    `;
  }

  /** The picture itself, small. The same picture keeps its canvas. */
  #preview(picture: Screen): HTMLCanvasElement {
    if (this.#shown?.picture === picture) return this.#shown.canvas;
    const canvas = canvasOf(picture);
    canvas.role = 'img';
    canvas.ariaLabel = 'The picture on the monitor';
    this.#shown = { picture, canvas };
    return canvas;
  }

  #kind(kind: ShareDialog['kind'], text: string): TemplateResult {
    return html`<label><input type="radio" name="kind" .checked=${this.kind === kind} @change=${() => {
      this.kind = kind;
      this.copied = '';
    }} />${text}</label>`;
  }

  #selectAll(event: Event): void {
    (event.target as HTMLInputElement | HTMLTextAreaElement).select();
  }

  async #copy(what: 'link' | 'snippet', text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = what;
      this.problem = '';
    } catch {
      // Closed to this page: what is selected can still be copied by hand.
      this.renderRoot.querySelector<HTMLInputElement>(what === 'link' ? '#link' : 'textarea')?.select();
      this.problem =
        'The browser does not let this page write to the clipboard. The text is selected: copy it by hand.';
    }
  }

  async #copyPicture(picture: Screen): Promise<void> {
    try {
      // The promise itself: some browsers allow it only while the click is being handled.
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(picture) })]);
      this.copied = 'picture';
      this.problem = '';
    } catch {
      this.problem = 'The browser does not let this page put pictures on the clipboard. Download it instead.';
    }
  }

  async #save(picture: Screen, fileName: string): Promise<void> {
    try {
      download(await pngOf(picture), fileName.replace(/\.ts$/, '.png'));
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  #clicked(event: MouseEvent): void {
    if (event.target === this.#dialog) this.#dialog?.close();
  }

  static override styles = [
    sharedStyles,
    dialogStyles,
    css`
      .line {
        display: flex;
        gap: 8px;
        align-items: center;
        justify-content: space-between;
      }

      .line.end {
        justify-content: flex-end;
        margin-top: 8px;
      }

      #link,
      textarea {
        flex: 1;
        width: 100%;
        min-width: 0;
        min-height: var(--control);
        padding: 6px 10px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--raised);
        color: var(--text);
        font-size: var(--size-small);
      }

      textarea {
        display: block;
        resize: vertical;
        overflow-wrap: anywhere;
      }

      .picture {
        flex-wrap: wrap;
        justify-content: flex-start;
      }

      .picture canvas {
        flex: none;
        max-width: 128px;
        max-height: 96px;
        border: 1px solid var(--line);
        border-radius: 4px;
      }

      .picture .quiet {
        flex: 1 1 120px;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .long {
        padding: 6px 10px;
        border-left: 3px solid var(--warn);
        background: var(--warn-wash);
      }

      .main {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }

      .main:hover {
        background: color-mix(in srgb, var(--accent) 85%, var(--text));
      }

      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 18px;
        margin-bottom: 8px;
      }

      .kinds label {
        display: flex;
        gap: 6px;
        align-items: center;
        min-height: 28px;
      }

      .problem {
        padding: 8px 12px;
        border-left: 3px solid var(--bad);
        background: var(--bad-wash);
      }
    `,
  ];
}

customElements.define('vp-share', ShareDialog);
