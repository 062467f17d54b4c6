import type { FastifyReply } from 'fastify';
import { PortcullisError } from '../../domain/errors.ts';
import { newNonce } from '../dashboard/security-headers.ts';
import type { DoorLog } from '../log-failure.ts';
import type { PageOptions } from './page.ts';
import { concernsOperator, type PageProblem } from './page-problem.ts';

/** These pages have styles and one form, and nothing else (CSP Level 3). */
export function pagePolicy(nonce: string | null): string {
  const styles = nonce === null ? '' : `style-src 'nonce-${nonce}'; `;
  return `default-src 'none'; ${styles}form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
}

/** Draws a page and sends it, under a policy that lets through its own styles alone. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  demo: boolean,
  draw: (options: PageOptions) => string,
): FastifyReply {
  const nonce = newNonce();
  return reply
    .code(status)
    .header('content-security-policy', pagePolicy(nonce))
    .type('text/html; charset=utf-8')
    .send(draw({ nonce, demo }));
}

/** Takes fields and a sentence, also for events that an operator need not know. */
export interface PageLog extends DoorLog {
  info(fields: object, sentence: string): void;
}

/** Writes a line for every page that shows a person a problem; some of these pages send people to the log. */
export function logProblem(log: PageLog, fields: { step: string | undefined; problem: PageProblem }, error: unknown) {
  if (!(error instanceof PortcullisError))
    return log.error({ ...fields, err: error }, 'connecting failed unexpectedly');
  const line = { ...fields, code: error.code, why: error.details.log ?? error.message };
  if (concernsOperator(fields.problem)) log.warn(line, 'connecting failed');
  else log.info(line, 'connecting came to nothing');
}
