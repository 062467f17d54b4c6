import { request } from 'undici';
import type { Config, NotionConfig } from '../../config/config.ts';
import type { ProgramLog } from '../../domain/program-log.ts';
import { Secret } from '../../domain/secret.ts';
import { type Portcullis, startPortcullis } from '../../portcullis.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { answerOf } from '../remote.ts';
import { Browser } from './browser.ts';
import { connectWorkspace } from './connect-workspace.ts';
import { setDemoPolicy } from './demo-policy.ts';
import { makeDataDirectory, startEmulatorAtItsPlace } from './emulator-place.ts';
import type { EmulatorFacts, EmulatorProcess } from './emulator-process.ts';
import { mintKeys } from './mint-keys.ts';
import type { DemoKeys, Ready } from './ready.ts';

export interface RunningDemo {
  readonly ready: Ready;
  /** Rejects when the emulator ends by itself: without it there is no demo. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts emulator and gateway, and ensures that the workspace is connected and the agents have a key and a policy. It
 * does everything over HTTP, as users do. Only the sign-in link comes from inside, as at every first start.
 *
 * The emulator starts once the database is ours: a second demo on the same data is refused before it touches any of it.
 */
export async function startDemo(
  config: Config,
  log: ProgramLog,
  guard: (store: Promise<Store>) => Promise<Store>,
): Promise<RunningDemo> {
  let emulator: EmulatorProcess | null = null;
  let portcullis: Portcullis | null = null;
  const stop = async () => {
    await portcullis?.close();
    await emulator?.stop();
  };
  try {
    await makeDataDirectory(config.dataDir);
    const store = await guard(openStore(config.database, { stamp: config.mode, log }));
    portcullis = await startPortcullis(config, { log, store }, async () => {
      emulator = await startEmulatorAtItsPlace(config.dataDir, config.emulatorPort);
      return notionAt(emulator.facts);
    });
    const running = started(emulator);
    return { ready: await prepareDemo(portcullis, running), broken: running.broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function started(emulator: EmulatorProcess | null): EmulatorProcess {
  if (emulator === null) throw new Error('a gateway started without its Notion');
  return emulator;
}

function notionAt({ url, clientId, clientSecret }: EmulatorFacts): NotionConfig {
  return {
    apiUrl: url,
    mcpUrl: `${url}/mcp`,
    clientId,
    clientSecret: new Secret(clientSecret),
    mcpClient: null,
    dangerouslyAllowLoopbackHttp: true,
  };
}

/** Connects the emulator's workspace and makes the keys of the agents, as people and programs do: over HTTP. */
export async function prepareDemo(
  { url, accounts }: Pick<Portcullis, 'url' | 'accounts'>,
  emulator: Pick<EmulatorProcess, 'facts' | 'addRedirectUri'>,
): Promise<Ready> {
  const { facts } = emulator;
  await emulator.addRedirectUri(`${url}/auth/notion/callback`);
  const userId = await accountOfDemo(accounts);
  const browser = new Browser();
  await signIn(browser, await accounts.links.issue(userId, 'demo'));
  const { workspaceId, keys } = await ensureConnected(browser, url, facts);
  await setDemoPolicy(browser, url, workspaceId, facts.pages);
  // The last link: an earlier one would end with it.
  const signInUrl = await accounts.links.issue(userId, 'demo');
  return { url, emulatorUrl: facts.url, workspaceId, keys, pages: facts.pages, signInUrl };
}

/** The account that the first start made: the oldest one. */
async function accountOfDemo({ users }: Portcullis['accounts']) {
  const [first] = (await users.list()).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  if (first === undefined) throw new Error('the demo has no user');
  return first.id;
}

async function signIn(browser: Browser, link: string): Promise<void> {
  const { hash, origin } = new URL(link);
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  await browser.api(origin).POST('/api/sign-in/link', { body: { token } });
}

async function ensureConnected(
  browser: Browser,
  url: string,
  notion: EmulatorFacts,
): Promise<{ workspaceId: string; keys: DemoKeys }> {
  const known = await findWorkspace(browser, url, notion);
  if (known === null) {
    await connectWorkspace({ browser, gatewayUrl: url, notion, target: null });
    const workspaceId = await findWorkspace(browser, url, notion);
    if (workspaceId === null) throw new Error("the demo's workspace is not there after it was connected");
    return { workspaceId, keys: await mintKeys(browser, url, workspaceId) };
  }
  const keys = await mintKeys(browser, url, known);
  // A token works only at the address that issued it, and the emulator may have had to move.
  if (!(await reads(url, keys.viewer, notion.pages.root))) {
    await connectWorkspace({ browser, gatewayUrl: url, notion, target: known });
  }
  return { workspaceId: known, keys };
}

async function findWorkspace(browser: Browser, url: string, notion: EmulatorFacts): Promise<string | null> {
  const { workspaces } = await answerOf(browser.api(url).GET('/api/workspaces'));
  return workspaces.find(({ notionWorkspaceId }) => notionWorkspaceId === notion.workspaceId)?.id ?? null;
}

async function reads(url: string, key: string, pageId: string): Promise<boolean> {
  const answer = await request(`${url}/v1/pages/${pageId}`, { headers: { authorization: `Bearer ${key}` } });
  await answer.body.dump();
  return answer.statusCode === 200;
}
