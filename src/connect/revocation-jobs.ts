import { z } from 'zod';
import { type ConnectionId, isId, type PrincipalId, type RegistrationId, type WorkspaceId } from '../domain/ids.ts';
import type { Said, Stored } from '../domain/token-outcomes.ts';
import { nullIfUnopenable } from '../domain/unopenable-error.ts';
import type { JobHandler } from '../jobs/job-runner.ts';
import type { Job } from '../jobs/jobs.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { EndingConnection, RevokeConnection, RevokeToken } from './disconnections.ts';
import { buriedEntry, discardedEntry } from './lifecycle-entries.ts';

/**
 * After this many attempts (a week, with the waits between them) the tokens are destroyed although Notion has not
 * confirmed their end: if they cannot be revoked, we at least keep no copy. The log says so.
 */
export const revocationAttemptsMax = 180;

/**
 * The fate of tokens at Notion: what Notion said, or why that is not known. `kept`: a connection belongs to the same
 * installation. `other_origin`: they came from a server that the settings no longer name. `unconfirmed`: every attempt
 * was `unclear`.
 */
type Upstream =
  | Extract<Said, 'revoked' | 'not_revocable'>
  | Extract<Stored, 'kept'>
  | 'undecryptable'
  | 'other_origin'
  | 'unconfirmed';

type RevocationParts = Pick<
  ConnectParts,
  'flows' | 'disconnections' | 'installations' | 'vault' | 'recordEvent' | 'forgetToken'
>;

type Ended = Extract<Stored, 'destroyed' | 'kept'>;

/** While the token is kept here, Notion is asked again. */
const jobAfter = { destroyed: 'done', kept: 'again' } as const satisfies Record<Ended, string>;

/** The handlers for the jobs that end connections and tokens. */
export function revocationHandlers(parts: RevocationParts): ReadonlyMap<string, JobHandler> {
  return new Map([
    ['revoke_connection', async job => jobAfter[await endConnection(parts, job)]],
    ['revoke_token', async job => jobAfter[await endToken(parts, job)]],
  ]);
}

/**
 * Revoke at Notion → destroy, with tombstone and entry. Each step is repeated until it is done, and only then the next
 * one starts. If the process dies in between, the next attempt does the rest.
 */
async function endConnection(parts: RevocationParts, job: Job): Promise<Ended> {
  const end = connectionPayload.parse(job.payload) satisfies RevokeConnection;
  const { workspaceId, connectionId } = end;
  const connection = await parts.disconnections.find(workspaceId, connectionId);
  if (connection === null || connection.status === 'revoked') return 'destroyed';
  const upstream = await revokeAll(parts, end, connection, job.attempts);
  if (upstream === 'unclear') return 'kept';
  await parts.disconnections.bury(end, `${end.reason}: ${upstream}`, buriedEntry(end, upstream));
  parts.forgetToken(workspaceId, connectionId);
  return 'destroyed';
}

async function revokeAll(
  parts: RevocationParts,
  { workspaceId, connectionId }: RevokeConnection,
  connection: EndingConnection,
  attempts: number,
): Promise<Upstream | Extract<Said, 'unclear'>> {
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
    if (revoked === 'unclear') return attempts < revocationAttemptsMax ? revoked : 'unconfirmed';
    if (revoked !== 'revoked') upstream = revoked;
  }
  return upstream;
}

async function endToken(parts: RevocationParts, job: Job): Promise<Ended> {
  const { kind, origin, botId, registrationId, sealed, discardedBy } = tokenPayload.parse(
    job.payload,
  ) satisfies RevokeToken;
  const { disconnections, vault, recordEvent } = parts;
  const discarded = sealed === null ? await disconnections.findDiscarded(job.id) : null;
  const open =
    sealed !== null
      ? () => vault.openFromJob(job.id, sealed)
      : discarded && (() => vault.open(discarded.place, discarded.token));
  // It was destroyed with its entry, and the process died before it could say so of the job.
  if (open === null) return 'destroyed';
  const end = async (upstream: Upstream) => {
    const entry = discardedEntry(discardedBy, botId, upstream);
    await (discarded === null ? recordEvent(entry) : disconnections.destroyDiscarded(job.id, entry));
    return 'destroyed' as const;
  };
  // Meanwhile a person who may do so may have connected the same installation again.
  if (await parts.installations.isStored(origin, botId)) return end('kept');
  const flow = parts.flows[kind];
  if (origin !== flow.origin) return end('other_origin');
  const token = await open().catch(nullIfUnopenable);
  if (token === null) return end('undecryptable');
  const upstream = await flow.revoke(token, registrationId);
  if (upstream !== 'unclear') return end(upstream);
  return job.attempts < revocationAttemptsMax ? 'kept' : end('unconfirmed');
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
  discardedBy: z
    .object({
      workspaceId: z.custom<WorkspaceId>(value => isId('wsp', value)),
      connectionId: z.custom<ConnectionId>(value => isId('con', value)),
    })
    .nullable()
    .default(null),
});
