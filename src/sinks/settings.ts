import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { PortcullisError } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { SinkKind } from '../domain/sink.ts';
import { newNotionDatabase, notionSettings } from './kinds/notion/notion-settings.ts';
import { syslogSettings } from './kinds/syslog.ts';
import { webhookSettings } from './kinds/webhook.ts';

/** Each kind of sink that admins can make, with its settings. */
export const sinkSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), settings: webhookSettings }),
  z.strictObject({ kind: z.literal('syslog'), settings: syslogSettings }),
  z.strictObject({ kind: z.literal('notion'), settings: z.union([notionSettings, newNotionDatabase]) }),
]);

export type SinkSettings = z.infer<typeof sinkSettings>;

/** An admin's change of a sink. Fields that are not named stay as they are. */
export interface ChangedSink {
  readonly name?: string | undefined;
  readonly settings?: unknown;
  readonly paused?: boolean | undefined;
  readonly newSecret?: boolean | undefined;
}

/** Settings for a sink of that kind. Throws `validation_error`. */
export function readSinkSettings(kind: SinkKind, settings: unknown): Readonly<Record<string, unknown>> {
  const read = sinkSettings.safeParse({ kind, settings });
  if (read.success) return read.data.settings;
  const { path, message } = read.error.issues[0] ?? { path: [], message: 'Expected other settings' };
  throw new PortcullisError('validation_error', `${path.join('.')}: ${message}`);
}

/** The secret of a new sink of that kind. It is generated here, so that it is never weak. Null: the kind needs none. */
export function newSecretOf(kind: SinkKind): Secret | null {
  return kind === 'webhook' ? new Secret(`whsec_${randomBytes(32).toString('base64')}`) : null;
}
