import { z } from 'zod';
import type { RecordEvent } from '../../domain/event.ts';
import type { SubscriptionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { Secret } from '../../domain/secret.ts';
import type { KeptAside, SubscriptionSummary } from '../../domain/webhook.ts';
import { idOf } from './fields.ts';
import { recordChange } from './record-change.ts';
import { type ApiRoute, apiRoute } from './route.ts';

/** What these routes have done. */
export interface WebhookCommands {
  list(workspaceId: WorkspaceId): Promise<SubscriptionSummary[]>;
  create(workspaceId: WorkspaceId, context: CommandContext): Promise<SubscriptionSummary>;
  takeToken(named: Named): Promise<Secret>;
  reset(named: Named): Promise<SubscriptionSummary>;
  remove(named: Named): Promise<void>;
  keptAside(named: Named): Promise<KeptAside[]>;
}

interface Named {
  readonly workspaceId: WorkspaceId;
  readonly id: SubscriptionId;
}

const inWorkspace = z.object({ workspace: idOf('wsp') });
const named = z.object({ workspace: idOf('wsp'), subscription: idOf('whs') });
const demand = { on: 'workspace', action: 'connect' } as const;

/** The addresses at which a workspace hears from Notion. How to set one up: docs/webhooks.md. */
export function createWebhookRoutes(parts: {
  commands: WebhookCommands;
  record: RecordEvent;
  publicUrl: string;
}): ApiRoute[] {
  const { commands, record, publicUrl } = parts;
  const view = ({ address, ...summary }: SubscriptionSummary) => ({
    ...summary,
    url: `${publicUrl}/webhooks/notion/${address}`,
  });
  const nameOf = ({ params }: { params: z.infer<typeof named> }): Named => ({
    workspaceId: params.workspace,
    id: params.subscription,
  });
  const changed = (context: CommandContext, name: string, subscription: SubscriptionId) =>
    recordChange(record, context, name, { subscription });

  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/webhooks',
      name: 'webhooks.list',
      summary: 'The addresses at which a workspace hears from Notion, and whether they work',
      demand,
      params: inWorkspace,
      run: async ({ params }) => ({ subscriptions: (await commands.list(params.workspace)).map(view) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/webhooks',
      name: 'webhooks.create',
      summary: 'Make an address for Notion to send events to',
      demand,
      params: inWorkspace,
      status: 201,
      async run({ params }, context) {
        const made = await commands.create(params.workspace, context);
        await changed(context, 'webhook.created', made.id);
        return view(made);
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/webhooks/:subscription/token',
      name: 'webhooks.take_token',
      summary: 'The verification token that Notion sent, once, to be pasted at Notion',
      demand,
      params: named,
      async run(input, context) {
        const token = await commands.takeToken(nameOf(input));
        await changed(context, 'webhook.token_shown', input.params.subscription);
        return { verificationToken: token.reveal() };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/webhooks/:subscription/reset',
      name: 'webhooks.reset',
      summary: 'Start over with another address: the old one and its token are worth nothing from then on',
      demand,
      params: named,
      async run(input, context) {
        const renewed = await commands.reset(nameOf(input));
        await changed(context, 'webhook.reset', renewed.id);
        return view(renewed);
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/webhooks/:subscription/kept-aside',
      name: 'webhooks.kept_aside',
      summary: 'Events of types that this Portcullis does not know, newest first',
      demand,
      params: named,
      run: async input => ({ events: await commands.keptAside(nameOf(input)) }),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/webhooks/:subscription',
      name: 'webhooks.remove',
      summary: 'Stop listening at an address',
      demand,
      params: named,
      status: 204,
      async run(input, context) {
        await commands.remove(nameOf(input));
        await changed(context, 'webhook.removed', input.params.subscription);
      },
    }),
  ];
}
