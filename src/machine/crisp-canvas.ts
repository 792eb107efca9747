/** How a canvas is enlarged: by whole numbers of the screen's dots its pixels stay as sharp as they are, else they are smoothed. */

/** Keeps to that as the canvas or its mode changes size, and as it moves to a screen with other dots. */
export function keepCrisp(canvas: HTMLCanvasElement): void {
  const look = () => {
    const { width, height } = canvas.getBoundingClientRect();
    // `object-fit: contain`: the tighter side decides.
    const dots = devicePixelRatio * Math.min(width / canvas.width, height / canvas.height);
    const whole = Math.round(dots);
    const sharp = whole >= 1 && Math.abs(dots - whole) * canvas.width < 0.5;
    canvas.style.imageRendering = sharp ? 'pixelated' : 'auto';
  };
  new ResizeObserver(look).observe(canvas, { box: 'device-pixel-content-box' });
  new MutationObserver(look).observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] });
}
