/** A gateway whose policy depends on pages, in front of an emulated Notion, with a clock that a test moves on. */
import { Client } from '@notionhq/client';
import { sql } from 'kysely';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { prepareDemo } from '../../src/cli/demo/start-demo.ts';
import type { Ready } from '../e2e/demo.ts';
import { type InProcess, notionAt, openInProcess } from '../in-process.ts';

type KeyName = keyof Ready['keys'];

export interface Indexed extends InProcess {
  readonly notion: Emulator;
  readonly control: EmulatorControl;
  readonly ready: Ready;
  /** Notion's official client without a gateway: for other people in the workspace. */
  readonly direct: Client;
  /** The official client of one of the demo's agents, at this gateway or at another on the same database. */
  as(key: KeyName, url?: string): Client;
  /** Time passes, for this gateway and for what it has kept. */
  pass(ms: number): Promise<void>;
  /** What Notion was asked since the last time, as `GET /v1/pages/…`. */
  asked(): Promise<string[]>;
}

export async function openIndexed(options: Parameters<typeof startEmulator>[0] = {}): Promise<Indexed> {
  const notion = await startEmulator(options);
  const control = emulatorControl(notion.url, notion.controlToken);
  let aheadMs = 0;
  const inProcess = await openInProcess({
    mode: 'demo',
    notion: async () => notionAt(notion),
    overrides: { background: true, monotonicMs: () => performance.now() + aheadMs },
  });
  const facts = { type: 'ready' as const, ...notion, people: [...notion.people] };
  const addRedirectUri = async (uri: string) => void (await control.addRedirectUris({ redirectUris: [uri] }));
  const ready = await prepareDemo(inProcess, { facts, addRedirectUri });
  const client = (auth: string, baseUrl: string) =>
    new Client({ auth, baseUrl, retry: false, notionVersion: '2026-03-11' });
  let seen = (await control.requests()).at(-1)?.number ?? 0;
  return {
    ...inProcess,
    ...{ notion, control, ready },
    direct: client(notion.internalToken, notion.url),
    as: (key, url = inProcess.url) => client(ready.keys[key], url),
    async pass(ms) {
      aheadMs += ms;
      const { system } = inProcess.database;
      const by = sql`make_interval(secs => ${ms / 1000}::float8)`;
      await sql`UPDATE page_index SET learned_at = learned_at - ${by}, properties_at = properties_at - ${by},
                       doubted_at = doubted_at - ${by}, missing_at = missing_at - ${by}`.execute(system);
      await sql`UPDATE page_change SET changed_at = changed_at - ${by}`.execute(system);
    },
    async asked() {
      const requests = (await control.requests({ after: seen })).filter(({ botId }) => botId !== null);
      seen = requests.at(-1)?.number ?? seen;
      const internal = (await control.tokenOwner({ token: notion.internalToken }))?.botId;
      return requests
        .filter(({ botId }) => botId !== internal)
        .map(({ method, path, status }) => `${method} ${path} ${status}`);
    },
    async close() {
      await inProcess.close();
      await notion.close();
    },
  };
}

export const text = (content: string) => [{ type: 'text' as const, text: { content } }];
export const titled = (content: string) => ({ title: { title: text(content) } });
