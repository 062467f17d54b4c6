import { Client } from '@notionhq/client';
import type { Ready } from '../e2e/demo.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

/** A picture of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Role = 'admin' | 'editor' | 'viewer';

/** A file object as Notion writes it in a page, a property or a block. */
export interface FileObject {
  readonly type: 'file';
  readonly file: { readonly url: string; readonly expiry_time: string };
}

/** A page with a file in each place that holds one, as read through the gate. */
export interface PageWithFiles {
  readonly id: string;
  readonly icon: FileObject;
  readonly cover: FileObject;
  /** The picture in its content. */
  readonly block: { readonly id: string; readonly image: FileObject };
}

/** A demo, with clients for each of its keys and a person who is signed in as its admin. */
export interface GateWithFiles extends Gate {
  readonly demo: DemoInProcess;
  close(): Promise<void>;
}

/** The clients alone, of a demo wherever it runs. */
export interface Gate {
  readonly workspaceId: string;
  readonly url: string;
  client(key: string): Client;
  as(role: Role): Client;
  /** Calls the admin API as the admin who has signed in, and answers with the parsed body. */
  admin<T>(method: string, path: string, body?: object): Promise<T>;
  /** Makes a key for an agent of the demo, and answers with its id and secret. */
  mintFor(role: Role, limitTo?: readonly string[]): Promise<{ id: string; secret: string }>;
  /** Uploads a file as a client does, and answers with the id of the upload. */
  upload(notion: Client, name: string, type: string, content: Buffer | string): Promise<string>;
  /** Makes a page with files below the public page, and reads it. */
  pageWithFiles(notion: Client): Promise<PageWithFiles>;
}

/** Starts a demo in this process, and its clients. */
export async function openGateWithFiles(env: Record<string, string> = {}): Promise<GateWithFiles> {
  const demo = await startDemoInProcess(env);
  return { demo, ...(await gateOf(demo.ready)), close: () => demo.stop() };
}

/** The clients of a demo that runs. Signs its admin in, which its link allows once. */
export async function gateOf({ url, workspaceId, keys, pages, signInUrl }: Ready): Promise<Gate> {
  const session: { cookie?: string } = {};

  async function admin<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-portcullis': '1', origin: url, ...session },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    session.cookie ??= response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return (await response.json()) as T;
  }
  await admin('POST', '/api/sign-in/link', {
    token: new URLSearchParams(new URL(signInUrl).hash.slice(1)).get('token'),
  });

  const client = (key: string) => new Client({ auth: key, baseUrl: url, retry: false, logger: () => {} });

  async function upload(notion: Client, name: string, type: string, content: Buffer | string): Promise<string> {
    const { id } = await notion.fileUploads.create({ mode: 'single_part', filename: name, content_type: type });
    const data = new Blob([typeof content === 'string' ? content : new Uint8Array(content)], { type });
    await notion.fileUploads.send({ file_upload_id: id, file: { filename: name, data } });
    return id;
  }

  return {
    ...{ workspaceId, url, client, admin, upload },
    as: role => client(keys[role]),
    async mintFor(role, limitTo) {
      const { members } = await admin<{ members: { principalId: string; name: string }[] }>(
        'GET',
        `/api/workspaces/${workspaceId}/members`,
      );
      const principalId = members.find(member => member.name === `demo-${role}`)?.principalId;
      const made = await admin<{ key: { id: string }; secret: string }>('POST', `/api/workspaces/${workspaceId}/keys`, {
        name: 'made by a test',
        ...{ principalId, limitTo },
      });
      return { id: made.key.id, secret: made.secret };
    },
    async pageWithFiles(notion) {
      const upload_ = async (name: string) => ({
        type: 'file_upload' as const,
        file_upload: { id: await upload(notion, name, 'image/png', pixel) },
      });
      const { id } = await notion.pages.create({
        parent: { page_id: pages.public },
        properties: { title: { title: [{ text: { content: 'With files' } }] } },
        icon: await upload_('icon.png'),
        cover: await upload_('cover.png'),
        children: [{ type: 'image', image: await upload_('a picture (1).png') }],
      });
      const page = await notion.pages.retrieve({ page_id: id });
      const { results } = await notion.blocks.children.list({ block_id: id });
      return { ...page, block: results[0] } as unknown as PageWithFiles;
    },
  };
}

/** The answer to a fetch without any header, as a browser's picture tag sends it. */
export function open(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, init);
}

/** The parts of an answer that could show a difference: all but those that differ between any two requests. */
export async function told(response: Response) {
  const headers = Object.fromEntries(response.headers);
  const body = (await response.text()).replace(headers['x-notion-request-id'] ?? 'none', 'ID');
  return { status: response.status, headers: { ...headers, date: '', 'x-notion-request-id': '' }, body };
}
