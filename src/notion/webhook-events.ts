import type { PlacedObject } from '../domain/webhook.ts';
import { canonicalId } from './ids.ts';
import { isJsonObject, type JsonObject } from './strict-json.ts';

/**
 * The events that Notion documents, by their subject
 * (https://developers.notion.com/reference/webhooks-events-delivery). There are none for sharing and permissions.
 */
const documented: Readonly<Record<string, readonly string[]>> = {
  page: [
    'created',
    'content_updated',
    'properties_updated',
    'moved',
    'deleted',
    'undeleted',
    'locked',
    'unlocked',
    'transcription_block.transcript_deleted',
  ],
  database: ['created', 'content_updated', 'schema_updated', 'moved', 'deleted', 'undeleted'],
  data_source: ['created', 'content_updated', 'schema_updated', 'moved', 'deleted', 'undeleted'],
  comment: ['created', 'updated', 'deleted'],
  view: ['created', 'updated', 'deleted'],
  file_upload: ['created', 'completed', 'expired', 'upload_failed'],
};

/** After these an object lies somewhere else, or is there no more, or is there again. */
const changesOfPlace = ['moved', 'deleted', 'undeleted'];
const placedKinds: readonly PlacedObject['kind'][] = ['page', 'database', 'data_source'];

const known = new Set(Object.entries(documented).flatMap(([kind, names]) => names.map(name => `${kind}.${name}`)));
const placeChanging: ReadonlyMap<string, PlacedObject['kind']> = new Map(
  placedKinds.flatMap(kind => changesOfPlace.map(name => [`${kind}.${name}`, kind] as const)),
);

/** The content of an event, as far as Portcullis uses it. */
export interface WebhookEvent {
  readonly id: string;
  /** One of Notion's, or something newer than this file. */
  readonly type: string;
  readonly timestamp: Date;
  readonly notionWorkspaceId: string;
  /** The connection at Notion that the subscription belongs to. */
  readonly integrationId: string;
  /** From 1; Notion tries up to eight times. */
  readonly attempt: number;
  /** Null if the event names nothing with an id of Notion's. */
  readonly entity: { readonly kind: string; readonly id: string } | null;
}

/** Whether Notion documented this type of event when this was written. */
export function isKnownEvent(type: string): boolean {
  return known.has(type);
}

/**
 * The object that has moved, is gone, or is back, according to an event; null for every other event. The object's kind
 * in the event counts more than the event's name: before data sources had event names of their own, they had those of
 * databases.
 */
export function changedPlace({ type, entity }: WebhookEvent): PlacedObject | null {
  const named = placeChanging.get(type);
  if (named === undefined || entity === null) return null;
  return { kind: placedKinds.find(kind => kind === entity.kind) ?? named, id: entity.id };
}

/** Reads an event; null for a text that is none. It holds no titles and no content, and none is looked for. */
export function readWebhookEvent(json: JsonObject): WebhookEvent | null {
  const id = idIn(json.id);
  const notionWorkspaceId = idIn(json.workspace_id);
  const { type, timestamp, integration_id: integrationId, attempt_number: attempt, entity } = json;
  const at = typeof timestamp === 'string' ? new Date(timestamp) : null;
  if (id === null || notionWorkspaceId === null || at === null || Number.isNaN(at.getTime())) return null;
  if (typeof type !== 'string' || !/^[a-z0-9_.]{1,80}$/.test(type)) return null;
  if (typeof integrationId !== 'string' || integrationId.length > 100) return null;
  return {
    id,
    type,
    timestamp: at,
    notionWorkspaceId,
    integrationId: canonicalId(integrationId) ?? integrationId,
    attempt: typeof attempt === 'number' && Number.isSafeInteger(attempt) ? attempt : 1,
    entity: readEntity(entity),
  };
}

/** The token of a handshake, `{"verification_token": "secret_…"}` and nothing else; null for any other body. */
export function readHandshake(json: JsonObject): string | null {
  const { verification_token: token, ...more } = json;
  if (typeof token !== 'string' || Object.keys(more).length > 0) return null;
  return /^secret_[\x21-\x7e]{16,249}$/.test(token) ? token : null;
}

function readEntity(value: unknown): WebhookEvent['entity'] {
  if (!isJsonObject(value)) return null;
  const { type: kind } = value;
  const id = idIn(value.id);
  return id === null || typeof kind !== 'string' || !/^[a-z0-9_]{1,40}$/.test(kind) ? null : { kind, id };
}

function idIn(value: unknown): string | null {
  return typeof value === 'string' ? canonicalId(value) : null;
}
