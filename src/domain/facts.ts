import type { Ancestry, AskingTrouble } from './ancestry.ts';
import type { ConnectionId, WorkspaceId } from './ids.ts';
import type { Policy } from './policy.ts';
import type { PolicySnapshot } from './policy-snapshot.ts';
import type { Subject } from './subjects.ts';

/** What a pure decision needs to know, gathered by `resolve`. */
export interface Facts {
  /** When these facts were gathered: the moment that conditions are judged at. */
  readonly at: Date;
  readonly workspaceId: WorkspaceId | null;
  /** The call names another workspace than the one that its credential is bound to. */
  readonly namesOtherWorkspace: boolean;
  /** The workspace's policy revision that these facts show; the intent commits only if it is still current. */
  readonly policyRevision: number | null;
  /** The workspace's policy at that revision, compiled. Null without a workspace. */
  readonly policy: PolicySnapshot | null;
  /** What the policy would be after the change that the call asks for. Null: it asks for none, or for an impossible one. */
  readonly proposed: Policy | null;
  /** The caller's role in the workspace; null when the caller is not a member. */
  readonly role: string | null;
  /**
   * Where the objects of the demands stand, by `objectKey`. Empty when what this caller may do does not depend on pages;
   * an object that is missing although it does is `unknown`.
   */
  readonly objects: ReadonlyMap<string, Ancestry>;
  /**
   * Why Notion did not answer when it was asked for an object of the call. Left out: it answered, or was not asked. Then nobody
   * knows whether such an object exists, and one that is known and hidden is spoken of in the same way.
   */
  readonly askingTrouble?: AskingTrouble;
  readonly connection: ChosenConnection | null;
  /** Why no connection can serve the call, when none can. */
  readonly connectionTrouble: 'none' | 'pending' | 'needs_reauth' | 'undecryptable' | 'revoked' | null;
  /** For owned demands: the ids of those objects that this caller made. An id that is missing is not theirs. */
  readonly ownedByCaller: ReadonlySet<string>;
  /** The people, agents, keys and invitations that the demands name, by id. One that is missing does not exist. */
  readonly subjects: ReadonlyMap<string, Subject>;
  /** How many other calls of this principal are under way on this instance (rule 29). */
  readonly callsInFlight: number;
  /** The facts changed under every earlier attempt to commit a decision on them. */
  readonly unstable: boolean;
}

/** Which connection serves a call, and why that one. Part of the decision, and logged (rule 2). */
export interface ChosenConnection {
  readonly id: ConnectionId;
  readonly because: 'only_one' | 'own' | 'shared' | 'named';
}
