/**
 * The pipelines that draw triangles: one shader, made for all that packets may ask for, and for what most ask for, which is quicker.
 * Each is made when it is first needed: most drivers draw no triangles, and no first frame should wait for them.
 */
import { RINGGPU_FLAG_BLEND, RINGGPU_FLAG_GOURAUD, RINGGPU_FLAG_TEXTURED } from '../../devices/ringgpu/packets.ts';
import { RINGGPU_FORMAT_A8R8G8B8 } from '../../devices/ringgpu/registers.ts';
import { OPERAND_INDEX } from '../operands.ts';
import drawText from './draw.wgsl?raw';
import jobText from './job.wgsl?raw';
import pixelsText from './pixels.wgsl?raw';

/** Flags that say anything; a packet may have others. */
const ALL_FLAGS = RINGGPU_FLAG_GOURAUD | RINGGPU_FLAG_TEXTURED | RINGGPU_FLAG_BLEND;

/** The kind of all packets that have no pipeline of their own: no flags. */
const ANY = -1;

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
  readonly #made = new Map<number, DrawPipelines>();
  readonly #asked = new Set<number>();
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

  async #make(kind: number): Promise<DrawPipelines> {
    this.#bin ??= this.#pipeline('bin', {});
    const [bin, draw] = await Promise.all([this.#bin, this.#pipeline('draw', known(kind))]);
    return { bin, draw };
  }

  #pipeline(entryPoint: string, constants: Readonly<Record<string, number>>): Promise<GPUComputePipeline> {
    const code = pixelsText + jobText + drawText;
    this.#module ??= this.#device.createShaderModule({ label: 'triangles', code });
    const compute = { module: this.#module, entryPoint, constants: { ...OPERAND_INDEX, ...constants } };
    return this.#device.createComputePipelineAsync({ label: entryPoint, layout: this.#layout, compute });
  }
}

/** A packet's flags, where its surfaces have a pixel in each word: there is a pipeline for each combination. All others share one. */
function kindOf(operand: (index: number) => number): number {
  const flags = (operand(0) >>> 16) & ALL_FLAGS;
  const formats = operand(OPERAND_INDEX.DRAW_FORMATS);
  const target = (formats & 0xff) <= RINGGPU_FORMAT_A8R8G8B8;
  const texture = (flags & RINGGPU_FLAG_TEXTURED) === 0 || formats >>> 8 <= RINGGPU_FORMAT_A8R8G8B8;
  return target && texture ? flags : ANY;
}

/** What the shader is told of a kind beforehand. */
function known(kind: number): Readonly<Record<string, number>> {
  if (kind === ANY) return {};
  const has = (flag: number) => (kind & flag ? 1 : 0);
  return {
    ANY_FORMAT: 0,
    ANY_FLAGS: 0,
    IS_GOURAUD: has(RINGGPU_FLAG_GOURAUD),
    IS_TEXTURED: has(RINGGPU_FLAG_TEXTURED),
    IS_BLENDED: has(RINGGPU_FLAG_BLEND),
  };
}
