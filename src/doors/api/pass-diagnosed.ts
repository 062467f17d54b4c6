import { errorOfDiagnosis } from '../../domain/diagnosed-errors.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { Answer, Operation } from '../../domain/operation.ts';
import { diagnoseAnswer, diagnoseError } from '../../notion/diagnosis.ts';
import type { Pass } from './content-route.ts';

/**
 * Passes one operation and reads its answer as JSON. Every failure, here or at Notion, is thrown with a diagnosis: what
 * it means for the subject (`page`, `parent page`, …) and what can be done.
 */
export async function passDiagnosed(pass: Pass, operation: Operation, subject: string): Promise<unknown> {
  const answer = await pass(operation).catch(error => {
    throw withDiagnosis(error, subject);
  });
  const diagnosis = diagnoseAnswer(answer, operation.effect, subject);
  if (diagnosis !== null) throw errorOf(diagnosis);
  return readJson(answer);
}

function withDiagnosis(error: unknown, subject: string): unknown {
  if (!(error instanceof PortcullisError)) return error;
  const diagnosis = diagnoseError(error, subject);
  return diagnosis === null ? error : errorOf(diagnosis, error.details);
}

function errorOf(diagnosis: Diagnosis, details: PortcullisError['details'] = {}): PortcullisError {
  const { code, message, retryAfterSeconds: wait } = diagnosis;
  const waiting = wait === null ? {} : { retryAfterSeconds: wait };
  return new PortcullisError(errorOfDiagnosis[code], message, { ...details, ...waiting, diagnosis });
}

function readJson({ body }: Answer): unknown {
  try {
    if (Buffer.isBuffer(body)) return JSON.parse(body.toString());
  } catch {
    // Falls through: an answer of success that is no JSON.
  }
  throw new PortcullisError('upstream_refused');
}
