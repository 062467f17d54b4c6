import { actions } from '../domain/action.ts';
import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Facts } from '../domain/facts.ts';
import { placesOfGift } from '../domain/gift-places.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { ObjectOwners, OwnedObject } from '../domain/object-owners.ts';
import type { Call, Demand } from '../domain/operation.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import type { Proposals } from '../domain/policy-proposal.ts';
import type { Caller } from '../domain/principal.ts';
import type { Subject, SubjectId, Subjects } from '../domain/subjects.ts';
import type { Now } from '../domain/units.ts';
import type { CallsInFlight } from './calls-in-flight.ts';
import { chooseConnection } from './choose-connection.ts';
import { placesAsked } from './places-asked.ts';
import type { cacheSnapshots, WorkspaceSnapshot } from './snapshot.ts';

/** Gathers what a pure decision needs to know. For unknown callers it gathers nothing. */
export function createResolve(parts: {
  snapshots: ReturnType<typeof cacheSnapshots>;
  owners: ObjectOwners;
  subjects: Subjects;
  inFlight: CallsInFlight;
  proposals: Proposals;
  index: Pick<PageIndex, 'find' | 'lookForHidden'>;
  now: Now;
}) {
  const { snapshots, owners, subjects, inFlight, proposals, index, now } = parts;
  const nothing = (): Facts => ({ ...unknown, at: now() });

  async function resolve(call: Call, caller: Caller): Promise<Facts> {
    const { principal } = caller;
    if (principal.kind === 'anonymous') return nothing();
    const callsInFlight = inFlight.enter(call, principal);
    const named = call.workspace ?? caller.boundTo;
    const namesOtherWorkspace = caller.boundTo !== null && named !== caller.boundTo;
    const snapshot = await loadSnapshot(namesOtherWorkspace ? caller.boundTo : named);
    if (snapshot === null) {
      return { ...nothing(), callsInFlight, namesOtherWorkspace, subjects: await subjectsOf(call, null) };
    }
    const at = now();
    const connected = connectionFor(call, caller, snapshot.connections);
    const placed = await objectsOf(call, caller, snapshot, { at, connected });
    const proposed = await proposedPolicy(call, caller, snapshot);
    const given = await placesGiven(call, caller, snapshot, { at, proposed });
    return {
      workspaceId: snapshot.id,
      namesOtherWorkspace,
      at,
      policyRevision: snapshot.policy.revision,
      policy: snapshot.policy,
      ...placed,
      ...(given.size > 0 && { objects: new Map([...placed.objects, ...given]) }),
      proposed,
      role: principal.kind === 'system' ? null : snapshot.policy.roleOf(principal.id),
      ...connected,
      subjects: await subjectsOf(call, snapshot.id),
      ownedByCaller: await ownedObjects(call, caller, snapshot.id),
      callsInFlight,
      unstable: false,
    };
  }

  function loadSnapshot(id: Caller['boundTo']) {
    return id === null ? null : snapshots.get(id);
  }

  function subjectsOf(
    { operation }: Call,
    workspaceId: Caller['boundTo'],
  ): Promise<Facts['subjects']> | Facts['subjects'] {
    const ids = operation.demands.flatMap(subjectIdsOf);
    return ids.length === 0 ? noSubjects : subjects.find(workspaceId, ids);
  }

  /**
   * Where the objects of a call stand, if the caller's rights depend on that, or if the call moves an object and so may
   * change the rights of others. Without a connection, Notion cannot be asked, and the call is not sent.
   */
  async function objectsOf(
    call: Call,
    caller: Caller,
    { id, policy }: WorkspaceSnapshot,
    { at, connected }: { readonly at: Date; readonly connected: Pick<Facts, 'connection'> },
  ): Promise<Pick<Facts, 'objects' | 'askingTrouble'>> {
    const asker = askerOf(caller, call, { at });
    const { connection } = connected;
    if (asker === null || connection === null) return { objects: nowhere };
    const { clientAddress, requestId } = call;
    const indexAsker = { workspaceId: id, connectionId: connection.id, caller, clientAddress, requestId };
    const always = { tested: policy.testedProperties, ...(isHosted(call) && onlyWhatIsKnown) };
    const found = new Map<string, Ancestry>();
    const hidden: NotionRef[] = [];
    const readAction = call.operation.response.readAction ?? 'read';
    const isHidden = (at: Ancestry | undefined) => at?.state === 'known' && !policy.may(asker, readAction, at);
    for (const { objects, options } of placesAsked(call.operation, policy, asker)) {
      const ancestries = await index.find(indexAsker, objects, { ...always, ...options }).catch(unavailable);
      for (const [key, ancestry] of ancestries) found.set(key, ancestry);
      hidden.push(...objects.filter(object => isHidden(ancestries.get(objectKey(object)))));
    }
    const mayAsk = hidden.length > 0 && !isHosted(call);
    const askingTrouble = troubleIn(found) ?? (mayAsk ? await index.lookForHidden(indexAsker, hidden) : null);
    return { objects: found, ...(askingTrouble !== null && { askingTrouble }) };
  }

  /**
   * Where what a call gives away stands, and the exceptions to what its author may do: looked for only where there are any, since
   * otherwise the author holds everything everywhere.
   */
  async function placesGiven(
    call: Call,
    caller: Caller,
    { id, policy, connections }: WorkspaceSnapshot,
    { at, proposed }: { readonly at: Date; readonly proposed: Facts['proposed'] },
  ): Promise<Facts['objects']> {
    const asker = askerOf(caller, call, { at });
    const gift = call.operation.demands
      .map(({ gives }) => gives)
      .find(gives => gives?.kind === 'policy' || gives?.kind === 'key');
    if (asker === null || gift === undefined || !actions.some(action => policy.hasExceptions(asker, action)))
      return nowhere;
    const { connection } = chooseConnection(connections, caller.principal);
    if (connection === null) return nowhere;
    const under = gift.kind === 'key' ? (gift.under ?? caller.under ?? []) : [];
    if (gift.kind === 'key' && under.length === 0) return nowhere;
    const { clientAddress, requestId } = call;
    const indexAsker = { workspaceId: id, connectionId: connection.id, caller, clientAddress, requestId };
    const places = placesOfGift(policy.source, proposed, asker.principal, under);
    return index.find(indexAsker, places).catch(unavailable);
  }

  async function proposedPolicy({ operation }: Call, { principal }: Caller, { id, policy }: WorkspaceSnapshot) {
    const gift = operation.demands.map(({ gives }) => gives).find(gives => gives?.kind === 'policy');
    if (gift?.kind !== 'policy' || !('id' in principal)) return null;
    return proposals.outcome(id, policy.source, gift.proposal, principal.id);
  }

  async function ownedObjects(call: Call, { principal }: Caller, workspaceId: NonNullable<Caller['boundTo']>) {
    const asked = ownedDemands(call);
    if (asked.length === 0 || (principal.kind !== 'user' && principal.kind !== 'agent')) return nobodys;
    return owners.ownedAmong(workspaceId, principal.id satisfies PrincipalId, asked);
  }

  return {
    resolve,
    /** The facts of this call were stale: the next look is a fresh one. */
    forget({ facts }: DecidedCall): void {
      if (facts.workspaceId !== null) snapshots.forget(facts.workspaceId);
    },
  };
}

function isHosted({ operation: { target } }: Call): boolean {
  return target?.kind === 'notion' && target.hosted !== undefined;
}

/** A token of Notion's MCP server is not valid for its REST API, which is the only way to ask where objects stand. */
const onlyWhatIsKnown = { mayAsk: 0 } as const;

function troubleIn(found: ReadonlyMap<string, Ancestry>): Facts['askingTrouble'] | null {
  const troubles = [...found.values()].map(at => (at.state === 'known' ? undefined : at.trouble));
  return troubles.find(trouble => trouble !== undefined) ?? null;
}

/** The places of pages are in the database. Without it no decision is possible, and nothing is sent. */
function unavailable(cause: unknown): never {
  throw new PortcullisError('unavailable', undefined, { log: 'the page index could not be read', cause });
}

const nobodys: ReadonlySet<string> = new Set();

const noSubjects: ReadonlyMap<string, Subject> = new Map();

const nowhere: Facts['objects'] = new Map();

const unknown: Omit<Facts, 'at'> = {
  workspaceId: null,
  policy: null,
  proposed: null,
  objects: nowhere,
  namesOtherWorkspace: false,
  policyRevision: null,
  role: null,
  connection: null,
  connectionTrouble: 'none',
  ownedByCaller: nobodys,
  subjects: noSubjects,
  callsInFlight: 0,
  unstable: false,
};

function connectionFor(call: Call, { principal }: Caller, connections: Parameters<typeof chooseConnection>[0]) {
  const { target } = call.operation;
  if (target?.kind === 'notion') return chooseConnection(connections, principal, { hosted: isHosted(call) });
  if (target?.connection === undefined) return { connection: null, connectionTrouble: null };
  return chooseConnection(
    connections.filter(connection => connection.id === target.connection),
    principal,
  );
}

function subjectIdsOf({ object, gives }: Demand): SubjectId[] {
  const about = object.kind === 'key' || object.kind === 'agent' || object.kind === 'principal' ? [object.id] : [];
  switch (gives?.kind) {
    case 'role':
      return gives.to === undefined ? about : [...about, gives.to];
    case 'invitation':
      return [...about, gives.id];
    case 'identity':
    case 'account':
      return [...about, gives.of];
    default:
      return about;
  }
}

function ownedDemands(call: Call): OwnedObject[] {
  return call.operation.demands.flatMap(({ owned, object }) =>
    owned === true && 'id' in object ? [{ kind: object.kind, id: object.id }] : [],
  );
}
