/** The worker of the type service: one question at a time, in the order in which they come. */
import { typeFiles } from './type-files.ts';
import { TypeService } from './type-service.ts';
import type { TypesAnswer, TypesRequest } from './types-protocol.ts';

const service = new TypeService(typeFiles);

addEventListener('message', ({ data }: MessageEvent<TypesRequest>) => {
  let answer: TypesAnswer;
  try {
    answer = { id: data.id, value: service.answer(data) };
  } catch (error) {
    answer = { id: data.id, error: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
