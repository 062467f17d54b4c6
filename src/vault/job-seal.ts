import type { JobId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import type { RootKeys } from './root-keys.ts';

/** Seals a token that belongs to no workspace here into the one job that will revoke it, under the root key itself. */
export interface JobSeal {
  sealIntoJob(jobId: JobId, token: Secret): Promise<string>;
  /** Throws `UnopenableError` for a value of another job. */
  openFromJob(jobId: JobId, sealed: string): Promise<Secret>;
}

export function createJobSeal(root: RootKeys): JobSeal {
  const contextOf = (jobId: JobId) => ({ purpose: 'token in a job', job: jobId });
  return {
    sealIntoJob: (jobId, token) => root.wrap(Buffer.from(token.reveal()), contextOf(jobId)),
    openFromJob: async (jobId, sealed) =>
      new Secret(Buffer.from(await root.unwrap(sealed, contextOf(jobId))).toString()),
  };
}
