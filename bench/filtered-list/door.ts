// The gateway with two keys that may read: one of somebody from whom nothing is hidden, and one of somebody from whom a page is.
import { z } from 'zod';
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

const membersAnswer = z.looseObject({
  members: z.array(z.looseObject({ principalId: z.string(), kind: z.string(), role: z.string() })),
});

const { upstream } = childArgument<{ readonly upstream: string }>();
const gateway = await startBenchGateway({ origin: upstream, clientId: 'bench', clientSecret: 'bench-secret' });
const { url, firstSignInUrl } = gateway.portcullis;
const { keys, browser, workspaceId } = await connectWorkspace(url, firstSignInUrl);
const at = (path: string) => new URL(`/api/workspaces/${workspaceId}/${path}`, url);
const { members } = membersAnswer.parse(await browser.call('GET', at('members')));
const editor = members.find(({ kind, role }) => kind === 'agent' && role === 'editor');
await browser.call('POST', at('grants'), {
  ...{ effect: 'deny', actions: ['read'], reason: 'a bench' },
  subject: { kind: 'principal', id: editor?.principalId },
  scope: { kind: 'page', id: hiddenPage },
});
tellProcessorTime();
const ready = { origin: url, unfiltered: keys.viewer, filtered: keys.editor } satisfies FilteringReady;
childReady(ready, gateway.close);
