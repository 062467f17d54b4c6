import type { SinkOwner } from '../../domain/sink.ts';
import { type ReadRecord, readRecord, type SinkRecord } from '../record.ts';

/** OCSF, whose attributes these are (schema.ocsf.io/1.6.0). */
const version = '1.6.0';
const product = { name: 'Portcullis', vendor_name: 'Portcullis' };

/** Ids of what happened, in the class API Activity (6003). */
const apiActivities = { create: 1, read: 2, update: 3, delete: 4, other: 99 } as const;
type ApiActivity = keyof typeof apiActivities;

const byAction: Readonly<Record<string, ApiActivity>> = {
  create: 'create',
  'comment.write': 'create',
  'file.write': 'create',
  read: 'read',
  'comment.read': 'read',
  'file.read': 'read',
  'people.read': 'read',
  audit: 'read',
  update: 'update',
  move: 'update',
  delete: 'delete',
};

/** By the last word of an event's name, which says what happened. */
const byEnding: Readonly<Record<string, ApiActivity>> = {
  created: 'create',
  added: 'create',
  changed: 'update',
  set: 'update',
  removed: 'delete',
  revoked: 'delete',
};

/** Events about signing in, in the class Authentication (3002): 1 is Logon, 2 is Logoff. */
const authentications: Readonly<Record<string, 1 | 2>> = {
  'session.started': 1,
  'session.refused': 1,
  'session.ended': 2,
};

/**
 * An entry as an event of OCSF: API Activity, or Authentication. An outcome is written together with the call that it
 * ends.
 */
export function ocsfOf(record: SinkRecord, owner: SinkOwner): object {
  const read = readRecord(record);
  const activity = authentications[record.operation];
  const common = commonOf(record, read, owner);
  return activity === undefined ? apiActivity(common, read) : authentication(common, read, activity);
}

function commonOf(record: SinkRecord, read: ReadRecord, owner: SinkOwner) {
  const { entry } = read;
  const went = howItWent(read);
  return {
    metadata: {
      version,
      product,
      uid: record.id,
      sequence: record.index,
      event_code: entry.operation,
      log_name: owner ?? 'deployment',
      original_time: entry.time,
      ...(entry.requestId !== null && { correlation_uid: entry.requestId }),
    },
    time: Date.parse(entry.time),
    severity_id: went === 'success' ? 1 : 2,
    severity: went === 'success' ? 'Informational' : 'Low',
    status_id: went === 'success' ? 1 : 2,
    status: went === 'success' ? 'Success' : 'Failure',
    status_detail: entry.decision?.because ?? went,
    src_endpoint: endpointOf(read),
    unmapped: { entry: JSON.parse(record.text) },
  };
}

type Common = ReturnType<typeof commonOf>;

function apiActivity(common: Common, read: ReadRecord): object {
  const { entry } = read;
  const kind = activityOf(read);
  const id = apiActivities[kind];
  const code = read.kind === 'call' ? read.outcome.status : null;
  return {
    ...common,
    ...{ category_uid: 6, category_name: 'Application Activity', class_uid: 6003, class_name: 'API Activity' },
    activity_id: id,
    activity_name: kind.charAt(0).toUpperCase() + kind.slice(1),
    type_uid: 6003 * 100 + id,
    actor: { user: userOf(read) },
    api: {
      operation: entry.operation,
      service: { name: product.name },
      ...(entry.requestId !== null && { request: { uid: entry.requestId } }),
      ...(code !== null && { response: { code } }),
    },
    ...(entry.objects !== undefined && {
      resources: entry.objects.map(({ kind: type, id: uid }) => ({ type, uid: uid ?? type })),
    }),
  };
}

function authentication(common: Common, read: ReadRecord, id: 1 | 2): object {
  return {
    ...common,
    ...{
      category_uid: 3,
      category_name: 'Identity & Access Management',
      class_uid: 3002,
      class_name: 'Authentication',
    },
    activity_id: id,
    activity_name: id === 1 ? 'Logon' : 'Logoff',
    type_uid: 3002 * 100 + id,
    user: userOf(read),
    service: { name: product.name },
  };
}

/** OCSF: 1 is a person, 3 the system itself, 99 another kind, 0 unknown. */
function userOf({ entry: { principal } }: ReadRecord) {
  if (principal === null) return { uid: 'system', type_id: 3 };
  const { kind, id, owner } = principal;
  const types: Readonly<Record<string, number>> = { user: 1, system: 3, anonymous: 0 };
  const type = { uid: id ?? kind, type_id: types[kind] ?? 99, type: kind };
  return owner === null ? type : { ...type, account: { uid: owner } };
}

function endpointOf({ entry: { clientAddress } }: ReadRecord) {
  return clientAddress === null || clientAddress === '' ? { name: product.name } : { ip: clientAddress };
}

function activityOf({ entry }: ReadRecord): ApiActivity {
  const action = entry.objects?.[0]?.action;
  if (action !== undefined) return byAction[action] ?? 'other';
  return byEnding[entry.operation.split(/[._]/).at(-1) ?? ''] ?? 'other';
}

function howItWent(read: ReadRecord): 'success' | 'denied' | 'error' {
  if (read.kind === 'call') {
    const { result } = read.outcome;
    return result === 'done' || result === 'streaming' ? 'success' : 'error';
  }
  const { kind, result = 'success' } = read.entry;
  if (kind === 'denial') return 'denied';
  return result === 'success' || result === 'denied' ? result : 'error';
}
