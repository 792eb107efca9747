/** State of one family of functions, kept for each port: a test makes many ports, a worker one. */
import { type Port, port } from './port.ts';

/**
 * Makes a family's way to its state.
 * @param make called once for each port, when the family is first used there
 * @returns a function that gives the state of the port that is installed now
 */
export function perPort<T extends object>(make: () => T): () => T {
  const states = new WeakMap<Port, T>();
  return () => {
    const known = states.get(port);
    if (known) return known;
    const made = make();
    states.set(port, made);
    return made;
  };
}
