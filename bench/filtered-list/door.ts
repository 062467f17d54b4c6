// The gateway with two keys that may read: from one caller nothing is hidden, from the other a page is.
import { childArgument, childReady } from '../child.ts';
import { startBenchGateway } from '../gateway.ts';
import { connectWorkspace } from '../rest-door/connect-workspace.ts';
import { tellProcessorTime } from '../rest-door/processor-time.ts';
import { hiddenPage } from './hundred-rows.ts';

export interface FilteringReady {
  readonly origin: string;
  readonly unfiltered: string;
  readonly filtered: string;
}

const { upstream } = childArgument<{ readonly upstream: string }>();
const gateway = await startBenchGateway({ origin: upstream, clientId: 'bench', clientSecret: 'bench-secret' });
const { url, firstSignInUrl } = gateway.portcullis;
const { keys, browser, workspaceId } = await connectWorkspace(url, firstSignInUrl);
const api = browser.api(url);
const params = { path: { workspace: workspaceId } };
const { data } = await api.GET('/api/workspaces/{workspace}/members', { params });
const editor = data?.members.find(({ kind, role }) => kind === 'agent' && role === 'editor');
await api.POST('/api/workspaces/{workspace}/grants', {
  params,
  body: {
    ...{ effect: 'deny', actions: ['read'], reason: 'a bench' },
    subject: { kind: 'principal', id: editor?.principalId ?? '' },
    scope: { kind: 'page', id: hiddenPage },
  },
});
tellProcessorTime();
const ready = { origin: url, unfiltered: keys.viewer, filtered: keys.editor } satisfies FilteringReady;
childReady(ready, gateway.close);
