/** The module `ringgpu` that miniports import: the device's "header file". */
export * from './packets.ts';
export * from './registers.ts';
