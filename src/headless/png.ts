/** Screens as PNG files, encoded by the browser. */
import type { Screen } from '../engine/engine.ts';

/**
 * Encodes a screen.
 * @returns the PNG file in base64, which is how bytes leave a page for the command line
 */
export async function png(screen: Screen): Promise<string> {
  const canvas = new OffscreenCanvas(screen.width, screen.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error(`png: no 2D canvas of ${screen.width}×${screen.height}`);
  context.putImageData(new ImageData(screen.pixels, screen.width, screen.height), 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
}
