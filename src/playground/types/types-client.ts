/** The page's end of the type service. */
import { trusted } from '../../machine/trusted.ts';
import type { TypesAnswer, TypesAnswers, TypesRequest, TypesSubject } from './types-protocol.ts';
import workerAddress from './types-worker.ts?worker&url';

type Question = TypesRequest['question'];

/** Asks the worker and gives its answers out. */
export class TypesClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }
  >();
  #nextId = 1;

  constructor() {
    this.#worker = new Worker(trusted.createScriptURL(workerAddress), { type: 'module', name: 'types' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<TypesAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('value' in data) waiting?.resolve(data.value as never);
      else waiting?.reject(new Error(data.error));
    });
    this.#worker.addEventListener('error', () => {
      // Without types the editor works all the same; whoever waits must not wait for ever.
      for (const { reject } of this.#waiting.values()) reject(new Error('the type service could not be loaded'));
      this.#waiting.clear();
    });
  }

  /** Rejects when the service failed at the question, or could not be loaded. */
  ask<Kind extends Question['kind']>(
    subject: TypesSubject,
    question: Extract<Question, { kind: Kind }>,
  ): Promise<TypesAnswers[Kind]> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...subject, id, question } satisfies TypesRequest);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
