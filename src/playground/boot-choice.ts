/** What the visitor chose for the next boot. */
export interface BootChoice {
  readonly engine: 'auto' | 'webgpu' | 'software';
  readonly width: number;
  readonly height: number;
  /** Are Driver Verifier's rules checked? */
  readonly verifier: boolean;
}

/** What a boot takes when nothing was chosen. */
export const defaultChoice: BootChoice = { engine: 'auto', width: 640, height: 480, verifier: true };
