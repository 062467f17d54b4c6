// Two tenants at their daily work: each call is waited for, and how long it took is kept.
import { setTimeout as delay } from 'node:timers/promises';
import { childArgument, childReady } from '../child.ts';
import type { Tenant } from './tenants.ts';

export interface WorkDone {
  readonly calls: number;
  readonly slowestMs: number;
  /** What the slowest was. */
  readonly slowest: string;
  /** What failed, and how. */
  readonly failures: readonly string[];
}

/** So many programs of each tenant, each with a pause after a call. */
const programs = 2;
const pauseMs = 150;

const tenants = childArgument<readonly Tenant[]>();
const done = { calls: 0, slowestMs: 0, slowest: '', failures: [] as string[] };
const stopping = new AbortController();
let working: Promise<unknown> = Promise.resolve();

process.on('message', async question => {
  if (question === 'start')
    working = Promise.all(tenants.flatMap(tenant => Array.from({ length: programs }, () => work(tenant))));
  if (question === 'stop') stopping.abort();
  if (question === 'stop') await working;
  process.send?.(done satisfies WorkDone);
});
childReady(null);

async function work(tenant: Tenant): Promise<void> {
  for (let round = 0; !stopping.signal.aborted; round++) {
    for (const [what, call] of Object.entries(callsOf(tenant, round))) {
      if (stopping.signal.aborted) return;
      await measure(what, call);
      await delay(pauseMs);
    }
  }
}

async function measure(what: string, call: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await call().catch(error => done.failures.push(`${new Date().toISOString()} ${what}: ${error.message}`));
  const ms = performance.now() - startedAt;
  done.calls++;
  if (ms <= done.slowestMs) return;
  done.slowestMs = ms;
  done.slowest = `${new Date().toISOString()} ${what}`;
}

function callsOf({ url, workspaceId, root, fileBlock, keys }: Tenant, round: number) {
  let link = '';
  let uploadId = '';
  const as = (key: string) => async (method: string, path: string, body?: object) => {
    const isForm = body instanceof FormData;
    const headers: Record<string, string> = { authorization: `Bearer ${key}`, 'notion-version': '2025-09-03' };
    if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
    const content = isForm ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body: content ?? null }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  const viewer = as(keys.viewer);
  const editor = as(keys.editor);
  const admin = as(keys.admin);
  return {
    'read a page': () => viewer('GET', `/v1/pages/${root}`),
    'read its content': () => viewer('GET', `/v1/blocks/${root}/children?page_size=50`),
    search: () => viewer('POST', '/v1/search', { page_size: 10 }),
    'change a page': () =>
      editor('PATCH', `/v1/pages/${root}`, { icon: { type: 'emoji', emoji: round % 2 ? '🌿' : '🌱' } }),
    'begin an upload': async () => {
      ({ id: uploadId } = await editor('POST', '/v1/file_uploads', { filename: 'notes.txt' }));
    },
    upload: () => {
      const form = new FormData();
      form.set('file', new Blob(['n'.repeat(100_000)], { type: 'text/plain' }), 'notes.txt');
      return editor('POST', `/v1/file_uploads/${uploadId}/send`, form);
    },
    'read a block with a file': async () => {
      link = (await viewer('GET', `/v1/blocks/${fileBlock}`)).file.file.url;
    },
    'fetch the file': async () => {
      const response = await fetch(link);
      const { byteLength } = await response.arrayBuffer();
      if (!response.ok || byteLength === 0) throw new Error(`${response.status}, ${byteLength} bytes`);
    },
    'read the log': () => admin('GET', `/api/audit?workspace=${workspaceId}&limit=20`),
    'look at members': () => admin('GET', `/api/workspaces/${workspaceId}/members`),
  };
}
