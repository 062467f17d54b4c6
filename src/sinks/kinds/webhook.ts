import { z } from 'zod';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { Secret } from '../../domain/secret.ts';
import { hourMs, type Now, secondMs } from '../../domain/units.ts';
import { userAgent } from '../../domain/user-agent.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import { type SinkFormat, sinkFormat } from '../formats/lines.ts';
import { ocsfOf } from '../formats/ocsf.ts';
import { type SinkRecord, sinkOnly } from '../record.ts';
import { signatureHeaders } from '../sign.ts';
import type { Attempt, Receiver, SinkDelivery, SinkPlace } from '../sink.ts';
import { troubleDelivery } from '../trouble.ts';

export const webhookSettings = z.strictObject({
  url: z.url().max(2_000).describe('Where entries are sent, by a signed POST. Public addresses only.'),
  format: sinkFormat,
  only: sinkOnly,
});

/** Entries in one request. */
const batchMax = 100;
/** Statuses that are about the content: bad request, too large, not this type, not these values. */
const refusing: ReadonlySet<number> = new Set([400, 413, 415, 422]);
/** Statuses that stay until a person acts: our credentials or the address are wrong. */
const lasting: ReadonlySet<number> = new Set([401, 403, 404, 410]);
/** A receiver may ask for a longer wait than ours, up to this. */
const askedWaitSecondsMax = (6 * hourMs) / secondMs;

export interface WebhookParts {
  readonly fetch: SafeFetch;
  readonly secret: Secret;
  readonly now: Now;
}

/** Posts entries as Standard Webhooks describes it: signed, with an id that stays the same if they are sent again. */
export function openWebhook({ fetch, secret, now }: WebhookParts, sink: SinkPlace): Receiver {
  const { url, format } = webhookSettings.parse(sink.settings);

  async function deliver(records: readonly SinkRecord[], { signal }: Attempt): Promise<SinkDelivery> {
    const id = messageId(sink, records);
    const body = bodyOf(sink, records, format, now());
    const headers = { 'content-type': 'application/json', accept: '*/*', 'user-agent': userAgent };
    const signed = { ...headers, ...signatureHeaders(secret, id, now(), body) };
    try {
      const answer = await fetch(url, { method: 'POST', headers: signed, body, types: 'any', signal });
      return answer.ok ? { taken: records.length, end: null } : afterStatus(answer);
    } catch (error) {
      const problem = error instanceof SafeFetchError ? error.problem : 'failed';
      return troubleDelivery(problem, { needsPerson: problem === 'forbidden' });
    }
  }

  return {
    batchMax,
    looksBeforeRepeating: false,
    wants: ({ kind }) => format === 'json' || kind !== 'intent',
    deliver,
    close: async () => {},
  };
}

function afterStatus({ status, headers }: Response): SinkDelivery {
  const problem = `status_${status}`;
  if (refusing.has(status)) return { taken: 0, end: { kind: 'refused', problem } };
  const asked = readRetryAfter(headers.get('retry-after'), headers.get('date')) ?? 0;
  return troubleDelivery(problem, {
    waitSeconds: Math.min(asked, askedWaitSecondsMax),
    needsPerson: lasting.has(status),
  });
}

/** The same for the same entries, so that a receiver recognises a repetition. */
function messageId({ id }: SinkPlace, records: readonly SinkRecord[]): string {
  return `${id}_${records[0]?.index}_${records.at(-1)?.index}`;
}

/** Entries stand in it as they were signed, byte for byte. */
function bodyOf({ owner }: SinkPlace, records: readonly SinkRecord[], format: SinkFormat, at: Date): string {
  const isOcsf = format === 'ocsf';
  const entries = records.map(record =>
    isOcsf ? JSON.stringify(ocsfOf(record, owner)) : `{"index":${record.index},"entry":${record.text}}`,
  );
  const head = { type: isOcsf ? 'audit.ocsf' : 'audit.entries', timestamp: at.toISOString() };
  const data = `{"log":${JSON.stringify(owner ?? 'deployment')},"${isOcsf ? 'events' : 'entries'}":[${entries.join(',')}]}`;
  return `${JSON.stringify(head).slice(0, -1)},"data":${data}}`;
}
