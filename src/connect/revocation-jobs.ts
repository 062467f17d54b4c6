import { z } from 'zod';
import { type ConnectionId, isId, type PrincipalId, type RegistrationId, type WorkspaceId } from '../domain/ids.ts';
import { nullIfUnopenable } from '../domain/unopenable-error.ts';
import type { JobHandler } from '../jobs/job-runner.ts';
import type { Job } from '../jobs/jobs.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { EndingConnection, RevokeConnection, RevokeToken } from './disconnections.ts';
import { buriedEntry, discardedEntry } from './lifecycle-entries.ts';

/**
 * After so many attempts (a week, with the waits between them) the tokens are destroyed without Notion's word for it: a
 * secret that nobody can revoke is still better gone. The log says so.
 */
export const revocationAttemptsMax = 180;

/** What became of tokens at Notion. */
type Upstream = 'revoked' | 'unconfirmed' | 'undecryptable' | 'other_origin' | 'not_revocable' | 'kept';

type RevocationParts = Pick<
  ConnectParts,
  'flows' | 'disconnections' | 'installations' | 'vault' | 'recordEvent' | 'forgetToken'
>;

/** The handlers for the jobs that end connections and tokens. */
export function revocationHandlers(parts: RevocationParts): ReadonlyMap<string, JobHandler> {
  return new Map([
    ['revoke_connection', job => endConnection(parts, job)],
    ['revoke_token', job => endToken(parts, job)],
  ]);
}

/**
 * revoke at Notion → destroy, with tombstone and entry. Each step is repeated until it is done, and the next one is not
 * taken before: whoever dies in between leaves the rest to the next attempt.
 */
async function endConnection(parts: RevocationParts, job: Job): Promise<'done' | 'again'> {
  const end = connectionPayload.parse(job.payload) satisfies RevokeConnection;
  const { workspaceId, connectionId } = end;
  const connection = await parts.disconnections.find(workspaceId, connectionId);
  if (connection === null || connection.status === 'revoked') return 'done';
  const upstream = await revokeAll(parts, end, connection, job.attempts);
  if (upstream === 'again') return 'again';
  await parts.disconnections.bury(end, `${end.reason}: ${upstream}`, buriedEntry(end, upstream));
  parts.forgetToken(workspaceId, connectionId);
  return 'done';
}

async function revokeAll(
  parts: RevocationParts,
  { workspaceId, connectionId }: RevokeConnection,
  connection: EndingConnection,
  attempts: number,
): Promise<Upstream | 'again'> {
  // The token goes to its own origin only, and our client secret to the configured one only (rule 3).
  if (connection.kind === 'internal') return 'not_revocable';
  const flow = parts.flows[connection.kind];
  if (connection.origin !== flow.origin) return 'other_origin';
  let upstream: Upstream = 'revoked';
  for (const token of connection.tokens) {
    const { field, generation } = token;
    const place = { workspaceId, connectionId, field, generation };
    const opened = await parts.vault.open(place, token).catch(nullIfUnopenable);
    const revoked = opened === null ? 'undecryptable' : await flow.revoke(opened, token.registrationId);
    if (revoked === 'unclear') return attempts < revocationAttemptsMax ? 'again' : 'unconfirmed';
    if (revoked !== 'revoked') upstream = revoked;
  }
  return upstream;
}

async function endToken(parts: RevocationParts, job: Job): Promise<'done' | 'again'> {
  const { kind, origin, botId, registrationId, sealed, left } = tokenPayload.parse(job.payload) satisfies RevokeToken;
  const { disconnections, vault, recordEvent } = parts;
  const leftToken = sealed === null ? await disconnections.findLeft(job.id) : null;
  const open =
    sealed !== null
      ? () => vault.openFromJob(job.id, sealed)
      : leftToken && (() => vault.open(leftToken.place, leftToken.token));
  // It was destroyed with its entry, and the process died before it could say so of the job.
  if (open === null) return 'done';
  const end = async (upstream: Upstream) => {
    const entry = discardedEntry(left, botId, upstream);
    await (leftToken === null ? recordEvent(entry) : disconnections.destroyLeft(job.id, entry));
    return 'done' as const;
  };
  // Meanwhile the same installation may have been connected by somebody who is allowed to.
  if (await parts.installations.isStored(origin, botId)) return end('kept');
  const flow = parts.flows[kind];
  if (origin !== flow.origin) return end('other_origin');
  const token = await open().catch(nullIfUnopenable);
  if (token === null) return end('undecryptable');
  const upstream = await flow.revoke(token, registrationId);
  if (upstream !== 'unclear') return end(upstream);
  return job.attempts < revocationAttemptsMax ? 'again' : end('unconfirmed');
}

const connectionPayload = z.object({
  workspaceId: z.custom<WorkspaceId>(value => isId('wsp', value)),
  connectionId: z.custom<ConnectionId>(value => isId('con', value)),
  notionWorkspaceId: z.string(),
  botId: z.string(),
  reason: z.enum(['disconnected', 'unconfirmed']),
  by: z.custom<PrincipalId>(value => isId('usr', value) || isId('agt', value)).nullable(),
});

const tokenPayload = z.object({
  kind: z.enum(['rest', 'mcp']),
  origin: z.string(),
  botId: z.string(),
  registrationId: z.custom<RegistrationId>(value => isId('reg', value)).nullable(),
  sealed: z.string().nullable().default(null),
  left: z
    .object({
      workspaceId: z.custom<WorkspaceId>(value => isId('wsp', value)),
      connectionId: z.custom<ConnectionId>(value => isId('con', value)),
    })
    .nullable()
    .default(null),
});
