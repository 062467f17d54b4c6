import { PortcullisError } from '../domain/errors.ts';

/** Fields and a sentence. Never the body, a header or a token. */
export interface DoorLog {
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** Tells an operator what the client must not see: a defect, or the cause that an error has for the log. */
export function logFailure(log: DoorLog, fields: object, error: unknown): void {
  if (error instanceof ClientGone) return;
  if (!(error instanceof PortcullisError)) log.error({ ...fields, err: error }, 'a call failed unexpectedly');
  else if (error.details.log !== undefined)
    log.warn({ ...fields, code: error.code, why: error.details.log }, 'a call failed');
}

/** The client went away in the middle of its body. No one can receive an answer, and nothing is wrong with us. */
export class ClientGone extends Error {
  constructor() {
    super('The client went away in the middle of its body.');
    this.name = 'ClientGone';
  }
}
