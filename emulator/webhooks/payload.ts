import type { BaseWebhookPayload } from '@notionhq/client';
import type { Installation } from '../world/connections.ts';
import type { Node } from '../world/records.ts';
import { sees } from '../world/sharing.ts';
import { pageAround } from '../world/tree.ts';
import type { Change, World } from '../world/world.ts';
import type { Subscription } from './subscription.ts';

type Payload = Omit<BaseWebhookPayload, 'attempt_number'> & { type: string; entity: unknown; data?: unknown };

/** The event that a subscription gets for a change, or `null` if none of its installations may see what changed. */
export function payloadFor(world: World, subscription: Subscription, change: Change): Payload | null {
  const subject = subjectOf(world, change);
  const audience = installationsOf(world, subscription, change.workspaceId).filter(one =>
    mayHear(world, one, change, subject),
  );
  const workspace = world.workspaces.get(change.workspaceId);
  if (audience.length === 0 || workspace === undefined) return null;
  const [kind = ''] = change.type.split('.');
  const entityId = change.type === 'page.content_updated' ? (pageOf(world, subject)?.id ?? change.id) : change.id;
  return {
    id: world.ids.uuid(),
    timestamp: new Date(change.at).toISOString(),
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    subscription_id: subscription.id,
    integration_id: 'clientId' in subscription.owner ? subscription.owner.clientId : subscription.owner.botId,
    authors: [authorOf(world, change.by)],
    ...('clientId' in subscription.owner ? { accessible_by: audience.flatMap(accessors) } : {}),
    api_version: subscription.apiVersion,
    type: eventName(change.type, subscription),
    entity: { id: entityId, type: kind },
    ...(kind === 'file_upload' ? {} : { data: dataOf(world, change, subject) }),
  };
}

/** Before data sources had a name of their own their events were those of databases. */
function eventName(type: string, subscription: Subscription): string {
  return subscription.apiVersion === '2022-06-28' ? type.replace(/^data_source\./, 'database.') : type;
}

function installationsOf(world: World, { owner }: Subscription, workspaceId: string): Installation[] {
  return [...world.connections.installations.values()].filter(
    one =>
      !one.revoked &&
      one.workspaceId === workspaceId &&
      ('clientId' in owner ? one.clientId === owner.clientId : one.botId === owner.botId),
  );
}

/** The page, database or block whose sharing decides who gets the event; none for file uploads. */
function subjectOf(world: World, change: Change): Node | null {
  const place =
    world.nodes.get(change.id) ??
    world.nodes.get(String(change.data?.page_id ?? '')) ??
    world.nodes.get(String(change.data?.database_id ?? ''));
  return place ?? null;
}

function mayHear(world: World, installation: Installation, change: Change, subject: Node | null): boolean {
  const { capabilities } = installation;
  if (change.type.startsWith('file_upload.')) return change.by === installation.botId;
  if (subject === null || !sees(world, installation, subject)) return false;
  return change.type.startsWith('comment.') ? capabilities.read_comments : capabilities.read_content;
}

function accessors(one: Installation): NonNullable<BaseWebhookPayload['accessible_by']> {
  const bot = { id: one.botId, type: 'bot' as const };
  return one.userId === null ? [bot] : [{ id: one.userId, type: 'person' }, bot];
}

function authorOf(world: World, id: string): BaseWebhookPayload['authors'][number] {
  return world.people.has(id) ? { id, type: 'person' } : { id, type: 'bot' };
}

function dataOf(world: World, change: Change, subject: Node | null): Record<string, unknown> {
  if (change.type.startsWith('comment.')) {
    const page = pageOf(world, subject)?.id ?? subject?.id;
    return { parent: { id: subject?.id, type: kindOf(subject) }, page_id: page };
  }
  if (change.type.startsWith('view.')) {
    const { database_id: id, ...rest } = change.data ?? {};
    return { parent: { id, type: 'database' }, ...rest };
  }
  const place = change.type === 'page.content_updated' ? pageOf(world, subject) : subject;
  return { parent: parentOf(world, place), ...change.data };
}

function pageOf(world: World, node: Node | null): Node | null {
  return node === null ? null : pageAround(world, node);
}

function parentOf(world: World, node: Node | null): Record<string, string> {
  const parent = node?.parentId == null ? undefined : world.nodes.get(node.parentId);
  if (node === null || parent === undefined) return { id: node?.workspaceId ?? '', type: 'space' };
  if (parent.kind === 'data_source') return { id: parent.parentId ?? '', type: 'database', data_source_id: parent.id };
  return { id: parent.id, type: parent.kind };
}

function kindOf(node: Node | null): string {
  return node === null || node.kind === 'data_source' ? 'block' : node.kind;
}
