import { UnopenableError } from '../../domain/unopenable-error.ts';
import { createJobSeal, createMcpSeal } from '../deployment-seals.ts';
import { type DeploymentSecretStore, deploymentSecretContext, readDeploymentSecret } from '../deployment-secret.ts';
import type { RootKeys } from '../root/root-key.ts';
import { type OnUndecryptable, telling, type Undecryptable } from '../undecryptable.ts';
import { createWebhookSeal } from '../webhook-seal.ts';
import type { WorkspaceKeys } from '../workspace-keys.ts';
import type { DeploymentValue, DeploymentValues } from './deployment-values.ts';

/** How many values of a kind there are, and how many of them do not open. */
export interface ValueCount {
  readonly kind: string;
  readonly opened: number;
  readonly unopenable: number;
}

export interface DeploymentVerified {
  readonly counts: readonly ValueCount[];
  readonly unopenable: readonly Undecryptable[];
}

/**
 * Opens the deployment secret, and everything that is sealed under keys that derive from it. Should the secret not open, the
 * rest cannot be looked at, and is not counted.
 */
export async function verifyDeployment(parts: {
  root: Pick<RootKeys, 'unwrap'>;
  secret: Pick<DeploymentSecretStore, 'find'>;
  keys: Pick<WorkspaceKeys, 'active' | 'use'>;
  values: DeploymentValues;
}): Promise<DeploymentVerified> {
  const unopenable: Undecryptable[] = [];
  const counts = new Map<string, ValueCount>();
  const tell: OnUndecryptable = found => void unopenable.push(found);
  const count = (kind: string, opens: boolean) => {
    const { opened, unopenable: shut } = counts.get(kind) ?? { opened: 0, unopenable: 0 };
    counts.set(kind, { kind, opened: opened + (opens ? 1 : 0), unopenable: shut + (opens ? 0 : 1) });
  };

  const open = await openers(parts, tell, count);
  if (open !== null) {
    for await (const page of parts.values.pages()) {
      const opens = await Promise.all(page.map(value => succeeds(open(value))));
      for (const [index, { kind }] of page.entries()) count(kind, opens[index] === true);
    }
  }
  return { counts: [...counts.values()], unopenable };
}

/**
 * The functions that open each kind of value, the same that the gateway uses. Null if the deployment secret does not
 * open.
 */
async function openers(
  { root, secret, keys }: Pick<Parameters<typeof verifyDeployment>[0], 'root' | 'secret' | 'keys'>,
  tell: OnUndecryptable,
  count: (kind: string, opens: boolean) => void,
): Promise<((value: DeploymentValue) => Promise<unknown>) | null> {
  const stored = await secret.find();
  if (stored === null) return null;
  const about = { kid: stored.rootKid, binding: deploymentSecretContext };
  const deriveKey = await telling(tell, about, readDeploymentSecret(root, stored)).catch(nothingIfUnopenable);
  count('deployment secret', deriveKey !== null);
  if (deriveKey === null) return null;
  const seals = {
    webhooks: createWebhookSeal(keys, deriveKey, tell),
    mcp: createMcpSeal(deriveKey, tell),
    jobs: createJobSeal(deriveKey, tell),
  };
  return value => openIn(seals, value);
}

interface Seals {
  readonly webhooks: ReturnType<typeof createWebhookSeal>;
  readonly mcp: ReturnType<typeof createMcpSeal>;
  readonly jobs: ReturnType<typeof createJobSeal>;
}

function openIn({ webhooks, mcp, jobs }: Seals, value: DeploymentValue): Promise<unknown> {
  switch (value.kind) {
    case 'webhook token':
      return webhooks.open({ owner: null, subscriptionId: value.id, generation: value.generation }, value);
    case 'client secret':
      return mcp.openClientSecret(value.id, value.sealed);
    case 'management token':
      return mcp.openManagementToken(value.id, value.sealed);
    case 'connect attempt':
      return mcp.openFromAttempt(value.stateHash, value.sealed);
    case 'token in a job':
      return jobs.openFromJob(value.id, value.sealed);
  }
}

async function succeeds(opening: Promise<unknown>): Promise<boolean> {
  return (await opening.catch(nothingIfUnopenable)) !== null;
}

function nothingIfUnopenable(error: unknown): null {
  if (error instanceof UnopenableError) return null;
  throw error;
}
