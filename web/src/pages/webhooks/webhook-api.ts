import { answerOf, api, type KeptAsideEvent, type Subscription } from '../../api.ts';

/** What can be done with the addresses of one owner: a workspace, or the deployment. */
export interface WebhookApi {
  /** Tells the lists of different owners apart in the cache. */
  readonly owner: string;
  list(): Promise<{ subscriptions: Subscription[] }>;
  add(): Promise<Subscription>;
  showToken(subscription: string): Promise<{ verificationToken: string }>;
  reset(subscription: string): Promise<Subscription>;
  remove(subscription: string): Promise<unknown>;
  keptAside(subscription: string): Promise<{ events: KeptAsideEvent[] }>;
}

/** The addresses at which the integration that people connect by tells of all workspaces. */
export const webhooksOfDeployment: WebhookApi = {
  owner: 'deployment',
  list: () => answerOf(api.GET('/api/webhooks')),
  add: () => answerOf(api.POST('/api/webhooks', {})),
  showToken: subscription =>
    answerOf(api.POST('/api/webhooks/{subscription}/token', { params: { path: { subscription } } })),
  reset: subscription =>
    answerOf(api.POST('/api/webhooks/{subscription}/reset', { params: { path: { subscription } } })),
  remove: subscription => answerOf(api.DELETE('/api/webhooks/{subscription}', { params: { path: { subscription } } })),
  keptAside: subscription =>
    answerOf(api.GET('/api/webhooks/{subscription}/kept-aside', { params: { path: { subscription } } })),
};

/** The addresses to which an internal integration sends one workspace's events. */
export function webhooksOfWorkspace(workspace: string): WebhookApi {
  const all = { params: { path: { workspace } } };
  const one = (subscription: string) => ({ params: { path: { workspace, subscription } } });
  return {
    owner: workspace,
    list: () => answerOf(api.GET('/api/workspaces/{workspace}/webhooks', all)),
    add: () => answerOf(api.POST('/api/workspaces/{workspace}/webhooks', all)),
    showToken: id => answerOf(api.POST('/api/workspaces/{workspace}/webhooks/{subscription}/token', one(id))),
    reset: id => answerOf(api.POST('/api/workspaces/{workspace}/webhooks/{subscription}/reset', one(id))),
    remove: id => answerOf(api.DELETE('/api/workspaces/{workspace}/webhooks/{subscription}', one(id))),
    keptAside: id => answerOf(api.GET('/api/workspaces/{workspace}/webhooks/{subscription}/kept-aside', one(id))),
  };
}
