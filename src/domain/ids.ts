import { randomUUIDv7 } from 'node:crypto';

/**
 * Every kind of thing that Portcullis gives an id, by prefix. The prefix is a type, and helps to read and search logs.
 */
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
  'inv',
  'cns',
  'snk',
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
export type InvitationId = Id<'inv'>;
export type ConsentId = Id<'cns'>;
export type SinkId = Id<'snk'>;
export type GroupId = Id<'grp'>;
export type GrantId = Id<'grt'>;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const patterns = new Map(idPrefixes.map(prefix => [prefix, new RegExp(`^${prefix}_${uuid}$`)]));

/** A new id: the prefix and a UUIDv7 (RFC 9562 section 5.7). Ids of one process sort in the order they were made. */
export function newId<P extends IdPrefix>(prefix: P): Id<P> {
  return `${prefix}_${nextUuid()}`;
}

/** The milliseconds and the count of the last id. */
let last = { ms: 0, count: 0 };

/**
 * The log sorts entries of one commit by id, and several are made within a millisecond. So the 12 bits after the time
 * are a counter (RFC 9562 section 6.2, method 1). If the clock goes back or the counter is full, it continues from the
 * last id.
 */
function nextUuid(): string {
  const uuid = randomUUIDv7();
  const ms = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  if (ms > last.ms) last = { ms, count: 0 };
  else if (last.count < 0xfff) last = { ms: last.ms, count: last.count + 1 };
  else last = { ms: last.ms + 1, count: 0 };
  const time = last.ms.toString(16).padStart(12, '0');
  const count = last.count.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${uuid.slice(18)}`;
}

/** Sorts before every id of that time, and after every id of an earlier time, if the clocks of the processes agree. */
export function idsBeginAt<P extends IdPrefix>(prefix: P, at: Date): Id<P> {
  const time = Math.max(at.getTime(), 0).toString(16).padStart(12, '0');
  return `${prefix}_${time.slice(0, 8)}-${time.slice(8)}`;
}

/** True only for the canonical spelling of an id of that kind: lower case, dashed. */
export function isId<P extends IdPrefix>(prefix: P, value: unknown): value is Id<P> {
  return typeof value === 'string' && (patterns.get(prefix)?.test(value) ?? false);
}
