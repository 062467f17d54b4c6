import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../../emulator/control/faults.ts';
import { type Attack, call, dial, head, hear, type Means } from './attack.ts';

const form = 'content-type: multipart/form-data; boundary=x';
const opening = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n';
const piece = 'x'.repeat(60_000);

const faults: readonly Fault[] = [
  { kind: 'respond', status: 503 },
  { kind: 'respond', status: 502 },
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'delay', delayMs: 3_000 },
  { kind: 'respond', status: 429, retryAfterSeconds: 1 },
];

/** Begins an upload of 21 MB less a little; in chunks every other time. Null when it may not begin. */
async function begin(means: Means, round: number, fault?: Fault) {
  const { status, text } = await call(means, 'POST', '/v1/file_uploads', { filename: 'a.bin' });
  if (status !== 200) return { socket: null, status: String(status), frame: (bytes: string) => bytes };
  const path = `/v1/file_uploads/${JSON.parse(text).id}/send`;
  if (fault !== undefined) await means.notion.addFault({ ...fault, method: 'POST', path });
  const chunked = round % 2 === 0;
  const length = chunked ? 'transfer-encoding: chunked' : 'content-length: 20000000';
  const frame = (bytes: string) => (chunked ? `${bytes.length.toString(16)}\r\n${bytes}\r\n` : bytes);
  const socket = dial(means);
  socket.write(head('POST', path, [form, length], means.tenant.keys.editor));
  socket.write(frame(opening));
  return { socket, status: '', frame };
}

/** Uploads that the client leaves, after so much of them. */
export const cut: Attack = {
  atOnce: 8,
  pauseMs: 50,
  async once(means, round) {
    const { socket, status, frame } = await begin(means, round);
    if (socket === null) return status;
    for (let count = 0; count < round % 7; count++) socket.write(frame(piece));
    await delay((round % 5) * 20);
    if (round % 3 === 0) socket.resetAndDestroy();
    else socket.destroy();
    return 'left';
  },
};

/** Uploads that come a few bytes at a time. */
export const trickled: Attack = {
  atOnce: 48,
  pauseMs: 200,
  async once(means, round) {
    const { socket, status, frame } = await begin(means, round);
    if (socket === null) return status;
    const drops = setInterval(() => socket.write(frame('drop')), 1_000);
    return hear(socket, means, 60_000).finally(() => clearInterval(drops));
  },
};

/** Uploads that Notion answers, or drops, before their end. */
export const answeredEarly: Attack = {
  atOnce: 6,
  pauseMs: 100,
  async once(means, round) {
    const { socket, status, frame } = await begin(means, round, faults[round % faults.length]);
    if (socket === null) return status;
    socket.write(frame(piece));
    return hear(socket, means, 30_000);
  },
};
