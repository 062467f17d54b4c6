import type { ContentAction } from '../domain/action.ts';
import type { Answer } from '../domain/operation.ts';

/**
 * The capabilities that a connection can have (https://developers.notion.com/reference/capabilities), in the words of
 * Notion's settings page. There is none for deleting: a connection that may update may also delete. `user_emails` is
 * "user information including email addresses", which comes on top of `user_information`.
 */
export const capabilityNames = {
  read_content: 'Read content',
  update_content: 'Update content',
  insert_content: 'Insert content',
  read_comments: 'Read comments',
  insert_comments: 'Insert comments',
  user_information: 'Read user information',
  user_emails: 'Read user information including email addresses',
} as const;

export type Capability = keyof typeof capabilityNames;
export const capabilities = Object.keys(capabilityNames) as Capability[];

/** The capability that Notion demands for each row of the operation table; null for rows that need none. */
const takes: Readonly<Record<string, Capability | null>> = {
  ...all('read_content', [
    'blocks.get',
    'blocks.children.list',
    'blocks.meeting_notes.query',
    'custom_emojis.list',
    'async_tasks.get',
    'data_sources.get',
    'data_sources.query',
    'data_sources.templates.list',
    'databases.get',
    'databases.query',
    'file_uploads.list',
    'file_uploads.get',
    'pages.get',
    'pages.properties.get',
    'pages.markdown.get',
    'search',
    'views.list',
    'views.get',
    'views.queries.create',
    'views.queries.get',
    'views.queries.delete',
  ]),
  ...all('update_content', [
    'blocks.update',
    'blocks.delete',
    'data_sources.update',
    'databases.update',
    'pages.update',
    'pages.move',
    'pages.markdown.update',
    'views.update',
    'views.delete',
  ]),
  ...all('insert_content', [
    'blocks.children.append',
    'blocks.meeting_notes.create',
    'data_sources.create',
    'databases.create',
    'file_uploads.create',
    'file_uploads.send',
    'file_uploads.complete',
    'pages.create',
    'views.create',
  ]),
  ...all('read_comments', ['comments.list', 'comments.get']),
  ...all('insert_comments', ['comments.create', 'comments.update', 'comments.delete']),
  ...all('user_information', ['users.list', 'users.get']),
  ...all(null, ['users.me']),
};

/** The capability that an operation needs; null if it needs none, or is no call to Notion. */
export function capabilityOf(operation: string): Capability | null {
  return Object.hasOwn(takes, operation) ? (takes[operation] ?? null) : null;
}

/** What the actions of a policy come to at Notion. */
const served: Readonly<Record<ContentAction, readonly Capability[]>> = {
  read: ['read_content'],
  create: ['insert_content'],
  update: ['update_content'],
  delete: ['update_content'],
  move: ['update_content'],
  manage: ['update_content', 'insert_content'],
  'comment.read': ['read_comments'],
  'comment.write': ['insert_comments'],
  'file.read': ['read_content'],
  'file.write': ['insert_content'],
  'people.read': ['user_information', 'user_emails'],
};

/** Every capability that at least one of these actions needs. */
export function capabilitiesFor(actions: Iterable<string>): ReadonlySet<Capability> {
  const found = [...actions].flatMap(action => (Object.hasOwn(served, action) ? served[action as ContentAction] : []));
  return new Set(found);
}

/** A capability that an answer showed to be there, or not. */
export interface Lesson {
  readonly capability: Capability;
  readonly held: boolean;
}

/**
 * What an answer of Notion's shows about the connection. A success shows that it has the capability of the operation.
 * Of the refusals, only 403 `restricted_resource` shows that it lacks it, and not if the plan's block limit is meant.
 * All other answers show nothing, because Notion does not document in which order it checks.
 */
export function learnFrom(operation: string, { status, body }: Answer): Lesson[] {
  const capability = capabilityOf(operation);
  if (capability === null) return [];
  if (status === 403) return isMissingCapability(parse(body)) ? lacking(capability) : [];
  if (status < 200 || status >= 300) return [];
  return [{ capability, held: true }, ...(capability === 'user_information' ? emailsIn(parse(body)) : [])];
}

/** A connection that may not see people does not see their addresses either. */
function lacking(capability: Capability): Lesson[] {
  const lesson = { capability, held: false };
  return capability === 'user_information' ? [lesson, { capability: 'user_emails', held: false }] : [lesson];
}

/** Whether an error body says that the connection lacks a capability, and not that the plan's block limit is reached. */
export function isMissingCapability(error: unknown): boolean {
  if (!isRecord(error) || error.code !== 'restricted_resource') return false;
  return !(isRecord(error.additional_data) && error.additional_data.block_limit !== undefined);
}

/** People come with or without addresses. Bots have none, so an answer without people shows nothing. */
function emailsIn(answer: unknown): Lesson[] {
  if (!isRecord(answer)) return [];
  const users: unknown[] = Array.isArray(answer.results) ? answer.results : [answer];
  const people = users.filter(user => isRecord(user) && user.type === 'person' && isRecord(user.person));
  if (people.length === 0) return [];
  const held = people.some(user => isRecord(user) && isRecord(user.person) && typeof user.person.email === 'string');
  return [{ capability: 'user_emails', held }];
}

function parse(body: Answer['body']): unknown {
  try {
    return Buffer.isBuffer(body) ? JSON.parse(body.toString()) : null;
  } catch {
    return null;
  }
}

function all<C extends Capability | null>(capability: C, operations: readonly string[]): Record<string, C> {
  return Object.fromEntries(operations.map(operation => [operation, capability]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
