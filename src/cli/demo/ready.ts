import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** What a program that starts the demo needs to use it. */
export interface Ready {
  /** `http://127.0.0.1:port`, as the other URLs. */
  readonly url: string;
  readonly emulatorUrl: string;
  readonly workspaceId: string;
  readonly keys: DemoKeys;
  readonly pages: {
    readonly root: string;
    readonly public: string;
    readonly restricted: string;
    readonly unshared: string;
  };
  /** Signs in once, within 15 minutes. */
  readonly signInUrl: string;
}

/** The demo's agents, by the name of their key: what each is called, and its role. */
export const demoAgents = {
  admin: { name: 'demo-admin', role: 'admin' },
  editor: { name: 'demo-editor', role: 'editor' },
  viewer: { name: 'demo-viewer', role: 'viewer' },
  agent: { name: 'Scout', role: 'guest' },
} as const;
export type DemoKeyName = keyof typeof demoAgents;
export type DemoKeys = Readonly<Record<DemoKeyName, string>>;

/** Writes the file that `--ready-file` names: complete or not at all, and readable for its owner only. */
export async function writeReadyFile(path: string, ready: Ready): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(ready, null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** What a person at the terminal needs. */
export function announce({ url, keys, pages, signInUrl }: Ready): string {
  return `
Portcullis is running at ${url}, in front of a Notion emulator with one workspace, Acme.
This is a demo: nothing in it is real, and only this machine can reach it.

Dashboard, signed in (works once, within 15 minutes):

  ${signInUrl}

API keys of four agents, until the next start:

  admin   ${keys.admin}
  editor  ${keys.editor}
  viewer  ${keys.viewer}
  Scout   ${keys.agent}

The viewer may read this page, and may not change it:

  curl -s ${url}/v1/pages/${pages.public} -H 'Authorization: Bearer ${keys.viewer}'

For Scout, who may read under the page Public alone, this one does not exist:

  curl -s ${url}/v1/pages/${pages.restricted} -H 'Authorization: Bearer ${keys.agent}'

MCP clients find the tools of Notion at ${url}/mcp, and sign in there. With a key, without signing in:

  npx @modelcontextprotocol/inspector --cli ${url}/mcp --transport http --method tools/list --header 'Authorization: Bearer ${keys.viewer}'

Ctrl-C stops everything.`;
}
