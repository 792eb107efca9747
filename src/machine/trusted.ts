/**
 * Where a page enforces trusted types, markup and addresses of scripts must come from a policy that its content security
 * policy names (`tools/content-policy.ts`). Only constant text of this project goes through the ones here.
 */

/** Text that is markup or an address, as the DOM's types know it: a string. */
interface Policy {
  createHTML(text: string): string;
  createScriptURL(address: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
  createPolicy(name: string, rules: { createScript(text: string): string }): unknown;
}

const rules: Policy = { createHTML: (text) => text, createScriptURL: (address) => address };

const factory = (): PolicyFactory | undefined => (globalThis as { readonly trustedTypes?: PolicyFactory }).trustedTypes;

/** For the document of the machine's frame, and for workers. */
export const trusted: Policy = factory()?.createPolicy('videoport', rules) ?? rules;

/** From here on text may become script in this worker: a driver is one. Its page does not allow that to itself. */
export function trustScripts(): void {
  factory()?.createPolicy('default', { createScript: (text) => text });
}
