/** A module and all that it imports, as the text of one classic script: `tools/script-text.ts`. */
declare module '*?script' {
  const text: string;
  export default text;
  /** What a content security policy calls it: `sha256-…`. */
  export const hash: string;
}
