import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactEncrypt } from 'jose';
import type { HostedFile } from '../domain/file-links.ts';
import { newId } from '../domain/ids.ts';
import { createSealedFileLinks } from './sealed-file-links.ts';

const key = randomBytes(64);
let time = new Date('2026-11-22T10:00:00Z');
const links = createSealedFileLinks({ key, now: () => time });
const file: HostedFile = {
  url: 'https://prod-files-secure.s3.us-west-2.amazonaws.com/a?X-Amz-Signature=secret',
  workspaceId: newId('wsp'),
  object: { kind: 'page', id: '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b' },
  expiresAt: new Date('2026-11-22T11:00:00Z'),
};

describe('tickets for files', () => {
  it('open to what was sealed, and show nothing of it', async () => {
    const ticket = await links.seal(file);
    assert.deepEqual(await links.open(ticket), file);
    assert.match(ticket, /^[A-Za-z0-9._-]+$/);
    const readable = ticket
      .split('.')
      .map(part => Buffer.from(part, 'base64url').toString('latin1'))
      .join();
    assert.doesNotMatch(readable, /amazonaws|0f1e2d3c|wsp_/);
  });

  it('end with the link of Notion', async () => {
    const ticket = await links.seal(file);
    time = new Date('2026-11-22T11:00:00Z');
    assert.equal(await links.open(ticket), null);
    time = new Date('2026-11-22T10:00:00Z');
  });

  it('are worth nothing when altered, made under another key, or made for something else', async () => {
    const ticket = await links.seal(file);
    const at = ticket.length - 30;
    const altered = ticket.slice(0, at) + (ticket[at] === 'A' ? 'B' : 'A') + ticket.slice(at + 1);
    const foreign = await createSealedFileLinks({ key: randomBytes(64), now: () => time }).seal(file);
    const otherType = await new CompactEncrypt(Buffer.from('{"w":"wsp_x"}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256CBC-HS512' })
      .encrypt(key);
    for (const bad of [altered, foreign, otherType, '', 'x', 'a.b.c.d.e', 'a'.repeat(20_000)]) {
      assert.equal(await links.open(bad), null);
    }
  });
});
