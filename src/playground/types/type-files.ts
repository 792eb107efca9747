/** The texts that the type service works on: the language's libraries, and the modules that miniports import with all that they rest on. */
const libraries = import.meta.glob<string>(
  [
    '/node_modules/typescript-service/lib/lib.es5.d.ts',
    '/node_modules/typescript-service/lib/lib.es20{15,16,17,18,19,20,21,22}.d.ts',
    '/node_modules/typescript-service/lib/lib.es20{15,16,17,18,19,20,21,22}.*.d.ts',
    '/node_modules/typescript-service/lib/lib.decorators*.d.ts',
    '!/node_modules/typescript-service/lib/*.full.d.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
);
const sources = import.meta.glob<string>(
  ['/src/{ddi,memory,bus,hal,videoport,verifier}/*.ts', '/src/devices/ringgpu/*.ts'],
  { query: '?raw', import: 'default', eager: true },
);

/** Path → text: `/lib.*.d.ts` and `/src/…`. */
export const typeFiles: ReadonlyMap<string, string> = new Map([
  ...Object.entries(libraries).map(([path, text]) => [path.slice(path.lastIndexOf('/')), text] as const),
  ...Object.entries(sources),
]);
