import type { JobId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import type { DeriveKey } from './derive-key.ts';
import { openValue, type SealingKey, sealingKeyBytes, sealValue } from './sealed-value.ts';

/** Seals a token that belongs to no workspace here into the one job that will revoke it. */
export interface JobSeal {
  sealIntoJob(jobId: JobId, token: Secret): Promise<string>;
  /** Throws `UnopenableError` for a value of another job. */
  openFromJob(jobId: JobId, sealed: string): Promise<Secret>;
}

export function createJobSeal(deriveKey: DeriveKey): JobSeal {
  const key: SealingKey = { kid: 'jobs', bytes: deriveKey('tokens in jobs', sealingKeyBytes) };
  const bindingOf = (jobId: JobId) => ({ purpose: 'token in a job', job: jobId });
  return {
    sealIntoJob: (jobId, token) => sealValue(key, bindingOf(jobId), Buffer.from(token.reveal())),
    openFromJob: async (jobId, sealed) =>
      new Secret(Buffer.from(await openValue(key, bindingOf(jobId), sealed)).toString()),
  };
}
