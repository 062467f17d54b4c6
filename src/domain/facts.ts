import type { Ancestry, AskingTrouble } from './ancestry.ts';
import type { ConnectionId, WorkspaceId } from './ids.ts';
import type { Policy } from './policy.ts';
import type { PolicySnapshot } from './policy-snapshot.ts';
import type { Subject } from './subjects.ts';

/** What a pure decision needs to know. `resolve` gathers it. */
export interface Facts {
  /** When these facts were gathered. Conditions are judged at this moment. */
  readonly at: Date;
  readonly workspaceId: WorkspaceId | null;
  /** The call names a workspace, but its credential is bound to another one. */
  readonly namesOtherWorkspace: boolean;
  /** The workspace's policy revision that these facts belong to. The intent commits only if it is still current. */
  readonly policyRevision: number | null;
  /** The workspace's policy at that revision, compiled. Null without a workspace. */
  readonly policy: PolicySnapshot | null;
  /**
   * The policy after the change that the call asks for. Null: the call asks for no change, or for an impossible one.
   */
  readonly proposed: Policy | null;
  /** The caller's role in the workspace; null when the caller is not a member. */
  readonly role: string | null;
  /**
   * Where the objects of the demands stand, by `objectKey`; and what a call gives away, if something is kept from its caller
   * somewhere (rule 8). Empty if the rights of this caller do not depend on pages.
   * If they do, an object that is missing here is `unknown`.
   */
  readonly objects: ReadonlyMap<string, Ancestry>;
  /**
   * Why Notion did not answer a question about an object of the call. Left out: it answered, or was not asked.
   * Otherwise it is not known whether such an object exists, and the same error is given for an object that is known
   * and hidden.
   */
  readonly askingTrouble?: AskingTrouble;
  readonly connection: ChosenConnection | null;
  /** Why no connection can serve the call; `none` if one can. */
  readonly connectionTrouble: 'none' | 'pending' | 'needs_reauth' | 'undecryptable' | 'revoked' | null;
  /**
   * For owned demands: the ids of those objects that this caller made. An object that is missing here is not the
   * caller's.
   */
  readonly ownedByCaller: ReadonlySet<string>;
  /** The people, agents, keys and invitations that the demands name, by id. A missing one does not exist. */
  readonly subjects: ReadonlyMap<string, Subject>;
  /** How many other calls of this principal this instance is working on (rule 29). */
  readonly callsInFlight: number;
  /** The facts changed during every earlier attempt to commit a decision. */
  readonly unstable: boolean;
}

/** The connection that serves a call, and why it was chosen. Part of the decision, and logged (rule 2). */
export interface ChosenConnection {
  readonly id: ConnectionId;
  readonly because: 'only_one' | 'own' | 'shared' | 'named';
}
