import { isIP } from 'node:net';
import type { Action } from '../../domain/action.ts';
import type { Ancestry, Container } from '../../domain/ancestry.ts';
import { type MirroredProperties, signInStrengths } from '../../domain/grant.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Asker } from '../../domain/policy-snapshot.ts';
import type { GroupsByPrincipal } from '../groups-of.ts';
import { momentOf } from '../property-test.ts';
import { decimal, entityIds } from './cedar-text.ts';

interface Uid {
  readonly type: string;
  readonly id: string;
}

export interface CedarEntity {
  readonly uid: Uid;
  readonly attrs: Record<string, CedarValue>;
  readonly parents: Uid[];
}

export type CedarValue = string | number | boolean | string[] | { __extn: { fn: string; arg: string } };

/** A question to Cedar about an object whose place is known. */
export interface CedarRequest {
  readonly principal: Uid;
  readonly action: Uid;
  readonly resource: Uid;
  readonly context: Record<string, CedarValue>;
  readonly entities: CedarEntity[];
}

type Placed = Extract<Ancestry, { state: 'known' }>;

/** The same question as for `judge`, with all data that the policies of `exportCedar` use. */
export function cedarRequest(
  policy: Policy,
  groupsOf: GroupsByPrincipal,
  { principal, context }: Asker,
  action: Action,
  object: Placed,
): CedarRequest {
  const role = policy.members.get(principal);
  const groups = role === undefined ? [] : [entityIds.everyone, ...(groupsOf.get(principal) ?? [])];
  const uid = { type: 'Principal', id: principal };
  const parents = [
    ...(role === undefined ? [] : [{ type: 'Role', id: role }]),
    ...groups.map(id => ({ type: 'Group', id })),
  ];
  const top = { type: 'Container', id: entityIds.workspace };
  const tested = new Set(policy.grants.flatMap(({ when }) => Object.keys(when?.property ?? {})));
  const path = object.path.map(({ id }) => ({ type: 'Container', id }));
  const containers = path.map((each, index) => ({
    uid: each,
    attrs: index === 0 ? attributesOf(object, tested) : {},
    parents: [path[index + 1] ?? top],
  }));
  return {
    principal: uid,
    action: { type: 'Action', id: action },
    resource: path[0] ?? top,
    context: contextOf(context),
    // A principal who is no member is never the subject of a grant by name.
    entities: [{ uid, attrs: {}, parents }, { uid: top, attrs: {}, parents: [] }, ...containers],
  };
}

function contextOf({ at, door, address, signIn }: Asker['context']): Record<string, CedarValue> {
  const client = plainAddress(address);
  return {
    now: at.getTime(),
    door,
    ...(client === null ? {} : { address: { __extn: { fn: 'ip', arg: client } } }),
    ...(signIn === null ? {} : { strength: signInStrengths.indexOf(signIn.strength) }),
    ...(signIn === null || signIn.at === null ? {} : { signedInAt: signIn.at.getTime() }),
  };
}

function plainAddress(address: string): string | null {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  const plain = mapped?.[1] ?? address;
  return plain.includes('%') || isIP(plain) === 0 ? null : plain;
}

/** For each property the value that counts for the object: its own, or that of the nearest page above which has one. */
function attributesOf({ path, properties }: Placed, tested: ReadonlySet<string>): Record<string, CedarValue> {
  const found: Record<string, CedarValue> = {};
  const seen = new Set<string>();
  for (const { id } of path.filter(({ kind }: Container) => kind === 'page')) {
    const known: MirroredProperties | undefined = properties?.get(id);
    if (known === undefined) break;
    for (const [name, value] of Object.entries(known)) {
      if (tested.has(name) && !seen.has(name)) Object.assign(found, typed(name, value));
      seen.add(name);
    }
  }
  return found;
}

function typed(name: string, value: MirroredProperties[string]): Record<string, CedarValue> {
  if (typeof value === 'boolean') return { [`${name}:flag`]: value };
  if (typeof value === 'number') {
    const arg = decimal(value);
    return arg === null ? {} : { [`${name}:number`]: { __extn: { fn: 'decimal', arg } } };
  }
  if (typeof value === 'string') {
    const moment = momentOf(value);
    return { [`${name}:text`]: value, ...(moment === null ? {} : { [`${name}:moment`]: moment }) };
  }
  return value?.every(item => typeof item === 'string') ? { [`${name}:list`]: [...value] } : {};
}
