/**
 * The pipelines that draw triangles: one shader, made with all that a packet may ask for, and with less, which is quicker. Each is
 * made when it is first needed: most drivers draw no triangles, and no first frame should wait for them.
 */
import { RINGGPU_FLAG_TEXTURED } from '../../devices/ringgpu/packets.ts';
import { RINGGPU_FORMAT_A8R8G8B8 } from '../../devices/ringgpu/registers.ts';
import { OPERAND_INDEX } from '../operands.ts';
import drawText from './draw.wgsl?raw';
import jobText from './job.wgsl?raw';
import pixelsText from './pixels.wgsl?raw';

/**
 * `any`: triangles of any flags on surfaces of any format; `words`: target and texture have a pixel in each word; `textured`: likewise,
 * and the triangles are neither blended nor have colours that run.
 */
const KINDS = {
  any: {},
  words: { ANY_FORMAT: 0 },
  textured: { ANY_FORMAT: 0, ANY_FLAGS: 0 },
} as const;

type Kind = keyof typeof KINDS;

/** What executes a DRAW_TRIANGLES. */
export interface DrawPipelines {
  /** Notes which triangles touch which tiles. */
  readonly bin: GPUComputePipeline;
  readonly draw: GPUComputePipeline;
}

export class TrianglePipelines {
  readonly #device: GPUDevice;
  readonly #layout: GPUPipelineLayout;
  readonly #onReady: () => void;
  readonly #made = new Map<Kind, DrawPipelines>();
  readonly #asked = new Set<Kind>();
  #module: GPUShaderModule | null = null;
  #bin: Promise<GPUComputePipeline> | null = null;

  /** @param onReady called whenever more have been made */
  constructor(device: GPUDevice, layout: GPUPipelineLayout, onReady: () => void) {
    this.#device = device;
    this.#layout = layout;
    this.#onReady = onReady;
  }

  /** The quickest that execute a packet, which `operand` reads; null while they are being made: `onReady` follows. */
  for(operand: (index: number) => number): DrawPipelines | null {
    const kind = kindOf(operand);
    const made = this.#made.get(kind);
    if (made) return made;
    if (!this.#asked.has(kind)) {
      this.#asked.add(kind);
      this.#make(kind).then(
        (pipelines) => {
          this.#made.set(kind, pipelines);
          this.#onReady();
        },
        // Either the device is lost already, or it is of no use: the context opens another, or gives it up.
        () => this.#device.destroy(),
      );
    }
    return null;
  }

  async #make(kind: Kind): Promise<DrawPipelines> {
    this.#bin ??= this.#pipeline('bin', {});
    const [bin, draw] = await Promise.all([this.#bin, this.#pipeline('draw', KINDS[kind])]);
    return { bin, draw };
  }

  #pipeline(entryPoint: string, kept: Readonly<Record<string, number>>): Promise<GPUComputePipeline> {
    const code = pixelsText + jobText + drawText;
    this.#module ??= this.#device.createShaderModule({ label: 'triangles', code });
    const compute = { module: this.#module, entryPoint, constants: { ...OPERAND_INDEX, ...kept } };
    return this.#device.createComputePipelineAsync({ label: entryPoint, layout: this.#layout, compute });
  }
}

function kindOf(operand: (index: number) => number): Kind {
  const flags = (operand(0) >>> 16) & 0xff;
  const formats = operand(OPERAND_INDEX.DRAW_FORMATS);
  const textured = (flags & RINGGPU_FLAG_TEXTURED) !== 0;
  const target = (formats & 0xff) <= RINGGPU_FORMAT_A8R8G8B8;
  const texture = !textured || formats >>> 8 <= RINGGPU_FORMAT_A8R8G8B8;
  if (!target || !texture) return 'any';
  return flags === RINGGPU_FLAG_TEXTURED ? 'textured' : 'words';
}
