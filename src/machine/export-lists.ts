/**
 * `export const A = 0, B = 1;` declares several names at once. The stripper knows only the first of them when it makes a script of a module, so
 * such a declaration becomes `const A = 0, B = 1;`, with the names exported at the end of the file. No character changes its place.
 */
import { type Pattern, parse } from 'acorn';

/** Whether a source may have such declarations: a look that costs nothing, and may be mistaken. */
export function mayDeclareSeveral(source: string): boolean {
  return /\bexport\s+(?:const|let|var)\s[^;]*,/.test(source);
}

/** A module's text, without types, with those declarations taken apart. Throws what acorn throws when it does not parse. */
export function listExports(code: string): string {
  let text = code;
  const names: string[] = [];
  for (const node of parse(code, { ecmaVersion: 2022, sourceType: 'module' }).body) {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration?.type !== 'VariableDeclaration') continue;
    const { declaration } = node;
    if (declaration.declarations.length < 2) continue;
    const blank = text.slice(node.start, declaration.start).replace(/\S/g, ' ');
    text = text.slice(0, node.start) + blank + text.slice(declaration.start);
    for (const { id } of declaration.declarations) names.push(...namesIn(id));
  }
  return names.length > 0 ? `${text}\nexport { ${names.join(', ')} };\n` : text;
}

function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((one) => namesIn(one.type === 'Property' ? one.value : one.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap((one) => (one ? namesIn(one) : []));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return []; // A member, which no declaration names.
  }
}
