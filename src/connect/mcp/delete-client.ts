import { z } from 'zod';
import type { RecordEvent } from '../../domain/event.ts';
import { isId, type RegistrationId } from '../../domain/ids.ts';
import type { JobHandler } from '../../jobs/job-runner.ts';
import type { Job } from '../../jobs/jobs.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import { ask } from './ask.ts';
import type { McpParts } from './mcp-parts.ts';
import type { DeleteClient } from './registrations.ts';

/** A week, with the waits between them. In the end the server itself forgets a client that is not used. */
const attemptsMax = 180;

/** The handler for jobs that delete our clients at their server (RFC 7592 section 2.3). */
export function clientDeletion(
  { fetch, seal }: Pick<McpParts, 'fetch' | 'seal'>,
  recordEvent: RecordEvent,
): ReadonlyMap<string, JobHandler> {
  async function deleteClient(job: Job): Promise<'done' | 'again'> {
    const { registrationId, issuer, clientId, uri, sealedToken } = payload.parse(job.payload) satisfies DeleteClient;
    const token = await seal.openManagementToken(registrationId, sealedToken).catch(() => null);
    const upstream = token === null ? 'undecryptable' : await ended(uri, token.reveal());
    if (upstream === 'unclear' && job.attempts < attemptsMax) return 'again';
    await recordEvent({
      name: 'connect.client_deleted',
      workspaceId: null,
      principalId: null,
      result: upstream === 'deleted' ? 'success' : 'error',
      detail: { issuer, clientId, upstream },
    });
    return 'done';
  }

  async function ended(uri: string, token: string): Promise<'deleted' | 'refused' | 'unclear'> {
    try {
      const { status } = await ask(fetch, uri, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
      if (status === 429 || status >= 500) return 'unclear';
      // 401 is what a client that is gone already is answered with.
      return status === 204 || status === 401 || status === 404 ? 'deleted' : 'refused';
    } catch (error) {
      if (!(error instanceof SafeFetchError)) throw error;
      return error.problem === 'forbidden' ? 'refused' : 'unclear';
    }
  }

  return new Map([['delete_client', deleteClient]]);
}

const payload = z.object({
  registrationId: z.custom<RegistrationId>(value => isId('reg', value)),
  issuer: z.string(),
  clientId: z.string(),
  uri: z.string(),
  sealedToken: z.string(),
});
