import { z } from 'zod';
import { Browser } from '../../src/cli/demo/browser.ts';
import { connectWorkspace } from '../../src/cli/demo/connect-workspace.ts';
import { mintKeys } from '../../src/cli/demo/mint-keys.ts';
import type { Company } from './notion.ts';

/** A company with its workspace here, and keys of agents that one person of it owns. */
export interface Tenant {
  readonly url: string;
  readonly workspaceId: string;
  readonly root: string;
  /** A block on that page that holds a file of `fileBytes`. */
  readonly fileBlock: string;
  readonly keys: { readonly admin: string; readonly editor: string; readonly viewer: string };
}

const upload = z.looseObject({ id: z.string() });
const appended = z.looseObject({ results: z.array(z.looseObject({ id: z.string() })) });

/**
 * Makes a tenant as people do, over HTTP: the operator makes an account, its person signs in, connects their workspace
 * and makes keys. Each tenant has a person of its own, because the calls of one person's agents count together.
 *
 * @param administrator the browser of the deployment's administrator
 */
export async function settle(
  administrator: Browser,
  url: string,
  notion: Company,
  file: { readonly bytes: number },
): Promise<Tenant> {
  const [{ id: personId = '' } = {}] = notion.people;
  const person = { email: `${personId}@tenant.example`, name: 'Tenant', deploymentRights: ['connect' as const] };
  const { data: created } = await administrator.api(url).POST('/api/users', { body: person });
  const browser = new Browser();
  await signIn(browser, created?.signInUrl ?? '');
  await connectWorkspace({ browser, gatewayUrl: url, notion, target: null });
  const { data: listed } = await browser.api(url).GET('/api/workspaces');
  const workspaceId = listed?.workspaces.find(one => one.notionWorkspaceId === notion.workspaceId)?.id ?? '';
  const keys = await mintKeys(browser, url, workspaceId);
  const root = notion.pages.root;
  return { url, workspaceId, root, keys, fileBlock: await addFile(url, keys.editor, root, file.bytes) };
}

/** Signs in by a link that works once. */
export async function signIn(browser: Browser, link: string): Promise<void> {
  const { hash, origin } = new URL(link);
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  await browser.api(origin).POST('/api/sign-in/link', { body: { token } });
}

async function addFile(url: string, key: string, page: string, bytes: number): Promise<string> {
  const call = async (method: string, path: string, body: object | FormData) => {
    const isForm = body instanceof FormData;
    const headers = { authorization: `Bearer ${key}`, 'notion-version': '2025-09-03' };
    const response = await fetch(url + path, {
      method,
      headers: isForm ? headers : { ...headers, 'content-type': 'application/json' },
      body: isForm ? body : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { id } = upload.parse(await call('POST', '/v1/file_uploads', { filename: 'file.bin' }));
  const form = new FormData();
  form.set('file', new Blob([Buffer.alloc(bytes, 'x')], { type: 'application/octet-stream' }), 'file.bin');
  await call('POST', `/v1/file_uploads/${id}/send`, form);
  const children = [{ type: 'file', file: { type: 'file_upload', file_upload: { id } } }];
  const { results } = appended.parse(await call('PATCH', `/v1/blocks/${page}/children`, { children }));
  return results[0]?.id ?? '';
}
