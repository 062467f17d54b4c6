import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { startEmulator } from '../../emulator/server.ts';
import { prepareDemo } from '../../src/cli/demo/start-demo.ts';
import { type InProcess, notionAt, openInProcess } from '../in-process.ts';
import { aStandingClock } from '../people.ts';

/** Makes what a test needs in Notion before there is a gateway, and answers with settings for it. */
type Prepare = (notion: {
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Record<string, never>>;
  readonly root: string;
}) => Promise<Readonly<Record<string, string>>>;

/** A gateway with a connected workspace whose time stands still until a test moves it, and the Notion behind it. */
export async function openNotionDemo(prepare: Prepare = async () => ({})) {
  const notion = await startEmulator();
  /** Past the gateway: what a person sees in Notion. */
  async function notionAsk(method: string, path: string, body?: unknown) {
    const headers = {
      authorization: `Bearer ${notion.internalToken}`,
      'notion-version': '2025-09-03',
      'content-type': 'application/json',
    };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${notion.url}${path}`, init);
    return (await answer.json()) as Record<string, never>;
  }

  const control: EmulatorControl = emulatorControl(notion.url, notion.controlToken);
  const clock = aStandingClock();
  const gateway: InProcess = await openInProcess({
    mode: 'demo',
    env: await prepare({ ask: notionAsk, root: notion.pages.root }),
    notion: async () => notionAt(notion),
    overrides: { background: false, now: clock.now },
  });
  const facts = { type: 'ready' as const, ...notion, people: [...notion.people] };
  const addRedirectUri = async (uri: string) => void (await control.addRedirectUris({ redirectUris: [uri] }));
  let ready = await prepareDemo(gateway, { facts, addRedirectUri });

  async function ask(method: string, path: string, key: string, body?: unknown) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-portcullis': '1' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${gateway.url}${path}`, init);
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }

  return {
    ...{ gateway, notion, control, clock, ask, notionAsk },
    get ready() {
      return ready;
    },
    /** A person connects the workspace anew. There are new keys after that. */
    async connectAgain() {
      ready = await prepareDemo(gateway, { facts, addRedirectUri });
    },
    async close() {
      await gateway.close();
      await notion.close();
    },
  };
}

export type NotionDemo = Awaited<ReturnType<typeof openNotionDemo>>;
