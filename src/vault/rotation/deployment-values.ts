import type { JobId, RegistrationId, SubscriptionId } from '../../domain/ids.ts';

/** A value that is sealed for the deployment, not for a workspace, with everything that is needed to open it. */
export type DeploymentValue = { readonly sealed: string } & (
  | { readonly kind: 'webhook token'; readonly id: SubscriptionId; readonly generation: number; readonly kid: string }
  | { readonly kind: 'client secret'; readonly id: RegistrationId }
  | { readonly kind: 'management token'; readonly id: RegistrationId }
  | { readonly kind: 'connect attempt'; readonly stateHash: Buffer }
  | { readonly kind: 'token in a job'; readonly id: JobId }
);

/** Where those values are kept. */
export interface DeploymentValues {
  /** All of them, a page at a time. */
  pages(): AsyncIterable<readonly DeploymentValue[]>;
}
