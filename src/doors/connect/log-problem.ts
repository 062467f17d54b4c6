import { PortcullisError } from '../../domain/errors.ts';
import type { DoorLog } from '../log-failure.ts';
import { concernsOperator, type PageProblem } from './page-problem.ts';

/** Takes fields and a sentence, also for events that an operator need not know. */
export interface PageLog extends DoorLog {
  info(fields: object, sentence: string): void;
}

/** Leaves a line for every page that tells a person of a problem: some of them send people here. */
export function logProblem(log: PageLog, fields: { step: string | undefined; problem: PageProblem }, error: unknown) {
  if (!(error instanceof PortcullisError))
    return log.error({ ...fields, err: error }, 'connecting failed unexpectedly');
  const line = { ...fields, code: error.code, why: error.details.log ?? error.message };
  if (concernsOperator(fields.problem)) log.warn(line, 'connecting failed');
  else log.info(line, 'connecting came to nothing');
}
