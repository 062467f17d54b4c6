import type { FastifyReply } from 'fastify';
import { newNonce } from '../dashboard/security-headers.ts';
import type { PageOptions } from './page.ts';

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
