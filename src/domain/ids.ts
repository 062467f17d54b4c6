import { randomUUIDv7 } from 'node:crypto';

/** Every kind of thing that Portcullis names, by its prefix. The prefix is a type, a log aid and a search term. */
const idPrefixes = [
  'usr',
  'agt',
  'grp',
  'wsp',
  'con',
  'key',
  'ses',
  'grt',
  'dec',
  'evt',
  'ins',
  'job',
  'att',
  'whs',
  'reg',
] as const;
export type IdPrefix = (typeof idPrefixes)[number];

export type Id<P extends IdPrefix> = `${P}_${string}`;
export type UserId = Id<'usr'>;
export type AgentId = Id<'agt'>;
export type PrincipalId = UserId | AgentId;
export type WorkspaceId = Id<'wsp'>;
export type ConnectionId = Id<'con'>;
export type KeyId = Id<'key'>;
export type SessionId = Id<'ses'>;
export type DecisionId = Id<'dec'>;
export type EventId = Id<'evt'>;
export type InstanceId = Id<'ins'>;
export type JobId = Id<'job'>;
export type AttemptId = Id<'att'>;
export type SubscriptionId = Id<'whs'>;
export type RegistrationId = Id<'reg'>;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const patterns = new Map(idPrefixes.map(prefix => [prefix, new RegExp(`^${prefix}_${uuid}$`)]));

/** A new id: the prefix and a UUIDv7 (RFC 9562 section 5.7), so that ids sort by the time they were made. */
export function newId<P extends IdPrefix>(prefix: P): Id<P> {
  return `${prefix}_${randomUUIDv7()}`;
}

/** True only for the canonical spelling of an id of that kind: lower case, dashed. */
export function isId<P extends IdPrefix>(prefix: P, value: unknown): value is Id<P> {
  return typeof value === 'string' && (patterns.get(prefix)?.test(value) ?? false);
}
