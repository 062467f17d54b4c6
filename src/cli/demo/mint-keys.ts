import { answerOf } from '../remote.ts';
import type { Browser } from './browser.ts';
import { type DemoKeyName, type DemoKeys, demoAgents } from './ready.ts';

/**
 * Makes a key for each of the demo's agents, through the admin API. The agents stay from start to start;
 * their earlier keys end. `browser` is signed in as an admin of the workspace.
 */
export async function mintKeys(browser: Browser, gatewayUrl: string, workspaceId: string): Promise<DemoKeys> {
  const api = browser.api(gatewayUrl);
  const path = { workspace: workspaceId };
  const { members } = await answerOf(api.GET('/api/workspaces/{workspace}/members', { params: { path } }));
  const { keys: earlier } = await answerOf(api.GET('/api/workspaces/{workspace}/keys', { params: { path } }));

  async function agentFor(keyName: DemoKeyName): Promise<string> {
    const { name, role } = demoAgents[keyName];
    const found = members.find(member => member.kind === 'agent' && member.name === name);
    if (found === undefined) {
      const made = api.POST('/api/workspaces/{workspace}/agents', { params: { path }, body: { name, role } });
      return (await answerOf(made)).member.principalId;
    }
    const { principalId: principal } = found;
    const params = { path: { ...path, principal } };
    if (found.role !== role)
      await api.PATCH('/api/workspaces/{workspace}/members/{principal}', { params, body: { role } });
    return principal;
  }

  async function keyFor(keyName: DemoKeyName): Promise<string> {
    const principalId = await agentFor(keyName);
    for (const { id: key } of earlier.filter(one => one.principalId === principalId && one.revokedAt === null)) {
      await api.DELETE('/api/workspaces/{workspace}/keys/{key}', { params: { path: { ...path, key } } });
    }
    const body = { name: `demo ${keyName}`, principalId, expiresInDays: 7 };
    return (await answerOf(api.POST('/api/workspaces/{workspace}/keys', { params: { path }, body }))).secret;
  }

  return {
    admin: await keyFor('admin'),
    editor: await keyFor('editor'),
    viewer: await keyFor('viewer'),
    agent: await keyFor('agent'),
  };
}
