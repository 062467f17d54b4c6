import type { JobId, RegistrationId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import type { DeriveKey } from './derive-key.ts';
import { type Binding, openValue, type SealingKey, sealingKeyBytes, sealValue } from './sealed-value.ts';
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

/** Seals what hosted MCP OAuth keeps outside any workspace: attempts, and the secrets of our clients. */
export function createMcpSeal(deriveKey: DeriveKey, onUndecryptable = ignoreUndecryptable) {
  const key: SealingKey = { kid: 'mcp', bytes: deriveKey('hosted MCP OAuth', sealingKeyBytes) };
  const attempt = (stateHash: Buffer): Binding => ({ purpose: 'attempt', attempt: stateHash.toString('base64url') });
  const client = (id: RegistrationId): Binding => ({ purpose: 'client secret', registration: id });
  const management = (id: RegistrationId): Binding => ({ purpose: 'client management', registration: id });
  const seal = (binding: Binding, text: string) => sealValue(key, binding, Buffer.from(text));
  const open = async (binding: Binding, sealed: string) =>
    Buffer.from(await telling(onUndecryptable, { kid: key.kid, binding }, openValue(key, binding, sealed))).toString();
  return {
    sealIntoAttempt: (stateHash: Buffer, text: string) => seal(attempt(stateHash), text),
    openFromAttempt: (stateHash: Buffer, sealed: string) => open(attempt(stateHash), sealed),
    sealClientSecret: (id: RegistrationId, secret: Secret) => seal(client(id), secret.reveal()),
    openClientSecret: async (id: RegistrationId, sealed: string) => new Secret(await open(client(id), sealed)),
    sealManagementToken: (id: RegistrationId, token: Secret) => seal(management(id), token.reveal()),
    openManagementToken: async (id: RegistrationId, sealed: string) => new Secret(await open(management(id), sealed)),
  };
}
