import { z } from 'zod';
import type { Browser } from './browser.ts';
import { type DemoKeyName, type DemoKeys, demoAgents } from './ready.ts';

const membersAnswer = z.looseObject({
  members: z.array(z.looseObject({ principalId: z.string(), kind: z.string(), name: z.string(), role: z.string() })),
});
const memberAnswer = z.looseObject({ member: z.looseObject({ principalId: z.string() }) });
const keysAnswer = z.looseObject({
  keys: z.array(z.looseObject({ id: z.string(), principalId: z.string(), revokedAt: z.string().nullable() })),
});
const keyAnswer = z.looseObject({ secret: z.string() });

/**
 * Makes a key for each of the demo's agents, through the admin API. The agents stay from start to start;
 * their earlier keys end. `browser` is signed in as an admin of the workspace.
 */
export async function mintKeys(browser: Browser, gatewayUrl: string, workspaceId: string): Promise<DemoKeys> {
  const at = (path: string) => new URL(`/api/workspaces/${workspaceId}/${path}`, gatewayUrl);
  const { members } = membersAnswer.parse(await browser.call('GET', at('members')));
  const { keys: earlier } = keysAnswer.parse(await browser.call('GET', at('keys')));

  async function agentFor(keyName: DemoKeyName): Promise<string> {
    const { name, role } = demoAgents[keyName];
    const found = members.find(member => member.kind === 'agent' && member.name === name);
    if (found === undefined) {
      return memberAnswer.parse(await browser.call('POST', at('agents'), { name, role })).member.principalId;
    }
    if (found.role !== role) await browser.call('PATCH', at(`members/${found.principalId}`), { role });
    return found.principalId;
  }

  async function keyFor(keyName: DemoKeyName): Promise<string> {
    const principalId = await agentFor(keyName);
    for (const key of earlier) {
      if (key.principalId === principalId && key.revokedAt === null) await browser.call('DELETE', at(`keys/${key.id}`));
    }
    const made = await browser.call('POST', at('keys'), { name: `demo ${keyName}`, principalId, expiresInDays: 7 });
    return keyAnswer.parse(made).secret;
  }

  return {
    admin: await keyFor('admin'),
    editor: await keyFor('editor'),
    viewer: await keyFor('viewer'),
    agent: await keyFor('agent'),
  };
}
