import { randomBytes } from 'node:crypto';

/** A fresh value for one answer's content security policy: 144 random bits (CSP Level 3 section 2.3.1 asks for 128). */
export function newNonce(): string {
  return randomBytes(18).toString('base64');
}

/**
 * The policy of the dashboard's page (CSP Level 3). It allows only the scripts and styles that this answer names,
 * connections to this origin only, and no framing. Nothing inline is allowed, not even style attributes: Mantine's
 * style sheets carry the nonce, and React sets single styles through the object model, which the policy does not
 * affect.
 */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The policy of every answer that is no page: if a browser shows it as a page, it can do nothing. */
export const inertPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

const yearSeconds = 365 * 24 * 60 * 60;

/**
 * Headers of every answer of the dashboard, besides its content security policy.
 *
 * @param https whether people reach Portcullis by https; only then browsers are told to insist on it (RFC 6797)
 */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
    ...(https ? { 'strict-transport-security': `max-age=${yearSeconds}` } : {}),
  };
}
