import { createTransport } from 'nodemailer';
import type { Mail } from '../accounts/mail.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { secondMs } from '../domain/units.ts';

/** A person waits for the answer. A mail server that has not taken a letter by then counts as unreachable. */
const msMax = 10 * secondMs;

/**
 * Mail by SMTP (RFC 5321). With `smtp://`, STARTTLS is used if the server offers it, and required except on this
 * machine.
 */
export function openSmtp({ url, from }: { url: Secret; from: string }): Mail & { close(): void } {
  const server = new URL(url.reveal());
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname);
  const transport = createTransport({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (server.protocol === 'smtps:' ? 465 : 587),
    secure: server.protocol === 'smtps:',
    requireTLS: !local,
    connectionTimeout: msMax,
    greetingTimeout: msMax,
    socketTimeout: msMax,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.username !== '' && {
      auth: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) },
    }),
  });
  return {
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
      } catch (cause) {
        const message = 'The mail could not be sent. Nothing else is wrong: send it again, or tell an operator.';
        throw new PortcullisError('unavailable', message, { log: 'PORTCULLIS_SMTP_URL: no server took a mail', cause });
      }
    },
    close: () => transport.close(),
  };
}
