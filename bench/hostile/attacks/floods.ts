import { type Attack, dial, head, hear } from './attack.ts';

const json = { 'content-type': 'application/json' };

/** Calls without a key, with a false one, and to nowhere. */
export const anonymousCalls: Attack = {
  atOnce: 12,
  pauseMs: 0,
  async once({ tenant: { url, root } }, round) {
    const requests: readonly [path: string, init: RequestInit][] = [
      [`/v1/pages/${root}`, {}],
      [`/v1/pages/${root}`, { headers: { authorization: `Bearer pcl_${round}` } }],
      [`/v1/pages`, { method: 'POST', headers: json, body: '{"parent":{}}' }],
      [`/v1/portcullis/files/${'A'.repeat(32)}/x.png`, {}],
      [`/api/workspaces`, {}],
      [`/nowhere/${round}`, {}],
    ];
    const [path, init] = requests[round % requests.length] ?? ['/', {}];
    const response = await fetch(url + path, init);
    await response.arrayBuffer();
    return String(response.status);
  },
};

/** Deliveries that prove nothing. */
export const webhooks: Attack = {
  atOnce: 8,
  pauseMs: 0,
  async once({ tenant: { url } }, round) {
    const response = await fetch(`${url}/webhooks/notion/whs_${round}`, {
      method: 'POST',
      headers: { ...json, 'x-notion-signature': `sha256=${'0'.repeat(64)}` },
      body: JSON.stringify({ type: 'page.created', filler: 'x'.repeat(2_000) }),
    });
    await response.arrayBuffer();
    return String(response.status);
  },
};

const nul = JSON.stringify({ text: 'a\u0000b' });

/** U+0000 wherever a text can be said. */
export const nulls: Attack = {
  atOnce: 2,
  pauseMs: 50,
  async once(means, round) {
    const { keys, url, workspaceId, root } = means.tenant;
    const body = (value: object) => ({ method: 'POST', headers: json, body: JSON.stringify(value) });
    const ours = { ...json, 'x-portcullis': '1', origin: url };
    const asKey = { ...json, authorization: `Bearer ${keys.admin}` };
    const title = { title: { title: [{ text: { content: 'a\u0000b' } }] } };
    const requests: readonly [path: string, init: RequestInit][] = [
      ['/v1/pages', { ...body({ parent: { page_id: root }, properties: title }), headers: asKey }],
      [`/v1/pages/${root}`, { method: 'PATCH', headers: asKey, body: nul }],
      ['/v1/search', { method: 'POST', headers: asKey, body: JSON.stringify({ query: '\u0000' }) }],
      ['/v1/pages/%00', { headers: asKey }],
      ['/v1/file_uploads', { method: 'POST', headers: asKey, body: JSON.stringify({ filename: 'a\u0000.png' }) }],
      [`/api/workspaces/${workspaceId}/agents`, { ...body({ name: 'a\u0000', role: 'viewer' }), headers: asKey }],
      [`/api/audit?workspace=${workspaceId}&text=%00`, { headers: asKey }],
      [`/api/workspaces/%00/members`, { headers: asKey }],
      ['/api/sign-in', { ...body({ email: 'a\u0000@x.example', password: 'x\u0000' }), headers: ours }],
      ['/api/invitations/offer', { ...body({ token: '\u0000' }), headers: ours }],
      ['/auth/notion/callback?state=%00&code=%00', {}],
      ['/webhooks/notion/%00', { method: 'POST', headers: json, body: nul }],
      [`/v1/portcullis/files/%00/%00`, {}],
    ];
    const [path, init] = requests[round % (requests.length + 1)] ?? [];
    if (path === undefined) return inHeader(means);
    const response = await fetch(url + path, init);
    await response.arrayBuffer();
    return String(response.status);
  },
};

function inHeader(means: Parameters<Attack['once']>[0]): Promise<string> {
  const socket = dial(means);
  socket.write(head('GET', '/v1/users/me', ['x-null: a\u0000b']));
  return hear(socket, means, 10_000);
}
