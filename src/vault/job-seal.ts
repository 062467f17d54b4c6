import type { JobId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import type { DeriveKey } from './derive-key.ts';
import { openValue, type SealingKey, sealingKeyBytes, sealValue } from './sealed-value.ts';
import { ignoreUndecryptable, telling } from './undecryptable.ts';

/** Seals a token that belongs to no workspace here into the one job that will revoke it. */
export interface JobSeal {
  sealIntoJob(jobId: JobId, token: Secret): Promise<string>;
  /** Throws `UnopenableError` for a value of another job. */
  openFromJob(jobId: JobId, sealed: string): Promise<Secret>;
}

export function createJobSeal(deriveKey: DeriveKey, onUndecryptable = ignoreUndecryptable): JobSeal {
  const key: SealingKey = { kid: 'jobs', bytes: deriveKey('tokens in jobs', sealingKeyBytes) };
  const bindingOf = (jobId: JobId) => ({ purpose: 'token in a job', job: jobId });
  return {
    sealIntoJob: (jobId, token) => sealValue(key, bindingOf(jobId), Buffer.from(token.reveal())),
    async openFromJob(jobId, sealed) {
      const binding = bindingOf(jobId);
      const opened = await telling(onUndecryptable, { kid: key.kid, binding }, openValue(key, binding, sealed));
      return new Secret(Buffer.from(opened).toString());
    },
  };
}
