import { Browser } from '../../src/cli/demo/browser.ts';
import { readForm } from '../../src/cli/demo/form.ts';
import { mintKeys } from '../../src/cli/demo/mint-keys.ts';
import type { DemoKeys } from '../../src/cli/demo/ready.ts';

export interface ConnectedWorkspace {
  readonly workspaceId: string;
  readonly keys: DemoKeys;
  /** Signed in as the admin. */
  readonly browser: Browser;
}

/** Signs in by the link of the first start, connects the one workspace by OAuth, and makes keys for its agents. */
export async function connectWorkspace(url: string, signInUrl: string | null): Promise<ConnectedWorkspace> {
  const browser = new Browser();
  const token = new URLSearchParams(new URL(signInUrl ?? url).hash.slice(1)).get('token') ?? '';
  await browser.api(url).POST('/api/sign-in/link', { body: { token } });

  const { location } = await browser.get(new URL('/auth/notion', url));
  const callback = new URL('/auth/notion/callback', url);
  callback.searchParams.set('state', location?.searchParams.get('state') ?? '');
  callback.searchParams.set('code', 'bench-code');
  let question = await browser.get(callback);
  while (question.location !== null) question = await browser.get(question.location);
  const { action, fields } = readForm(question.text);
  fields.set('answer', 'confirm');
  await browser.submit(question.url, new URL(action, url), fields);

  const { data } = await browser.api(url).GET('/api/workspaces');
  const workspaceId = data?.workspaces[0]?.id ?? '';
  return { workspaceId, keys: await mintKeys(browser, url, workspaceId), browser };
}
