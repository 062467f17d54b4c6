import { once } from 'node:events';
import { type Attack, call, closes, dial, head, hear } from './attack.ts';

/** Downloads that are not read: how long the gateway lets one be held. */
export const unreadDownloads: Attack = {
  atOnce: 40,
  pauseMs: 500,
  async once(means) {
    const { status, text } = await call(means, 'GET', `/v1/blocks/${means.tenant.fileBlock}`);
    if (status !== 200) return String(status);
    const { pathname } = new URL(JSON.parse(text).file.file.url);
    const socket = dial(means);
    socket.write(head('GET', pathname, []));
    socket.pause();
    return closes(socket, means, 60_000);
  },
};

/** Bodies that stop in the middle: of strangers and of a key, at each door that reads one. */
export const unfinishedBodies: Attack = {
  atOnce: 120,
  pauseMs: 500,
  async once(means, round) {
    const socket = dial(means);
    const json = 'content-type: application/json';
    const ours = [`origin: ${means.tenant.url}`, 'x-portcullis: 1', json];
    const beginnings = [
      head('POST', '/v1/pages', [json, 'content-length: 400000']),
      head('POST', '/v1/pages', [json, 'content-length: 400000'], means.tenant.keys.editor),
      head('POST', '/api/sign-in', [...ours, 'content-length: 16000']),
      head('POST', '/webhooks/notion/whs_0', [json, 'content-length: 200000', 'x-notion-signature: sha256=00']),
      head('POST', '/api/pages', [...ours, 'content-length: 400000'], means.tenant.keys.editor),
    ];
    const beginning = beginnings[round % beginnings.length] ?? '';
    const length = Number(/content-length: (\d+)/.exec(beginning)?.[1]);
    socket.write(beginning + 'x'.repeat(length - 1_000));
    return hear(socket, means, 60_000);
  },
};

/** Connections on which nothing is said, or half of a head. */
export const silentConnections: Attack = {
  atOnce: 300,
  pauseMs: 200,
  async once(means, round) {
    const socket = dial(means);
    if (round % 2 === 0) socket.write('GET /v1/users/me HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    return hear(socket, means, 60_000);
  },
};

/** Requests whose sender closes its half of the connection, or all of it, as soon as it has asked. */
export const halfClosed: Attack = {
  atOnce: 4,
  pauseMs: 20,
  async once(means, round) {
    const socket = dial(means, true);
    const ask = head('GET', `/v1/pages/${means.tenant.root}`, [], means.tenant.keys.viewer);
    if (round % 3 === 0) socket.end(ask);
    else socket.end(ask.repeat(20));
    if (round % 3 === 1) await once(socket, 'connect').then(() => socket.resetAndDestroy());
    return hear(socket, means, 10_000);
  },
};
