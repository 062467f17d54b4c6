import assert from 'node:assert/strict';
import { createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactEncrypt } from 'jose';
import { UnopenableError } from '../domain/unopenable-error.ts';
import { openValue, type SealingKey, sealValue } from './sealed-value.ts';

const key: SealingKey = { kid: 'wk_one', bytes: randomBytes(64) };
const binding = { workspace: 'wsp_1', connection: 'con_1', field: 'access_token', generation: 3 };
const secret = Buffer.from('ntn_the-token');

const refuses = (sealed: string, as = binding, under = key) =>
  assert.rejects(openValue(under, as, sealed), UnopenableError, sealed);

describe('a sealed value', () => {
  it('opens where it was sealed', async () => {
    const opened = await openValue(key, binding, await sealValue(key, binding, secret));
    assert.equal(Buffer.from(opened).toString(), 'ntn_the-token');
  });

  it('does not show what it holds, and looks different each time', async () => {
    const [one, two] = [await sealValue(key, binding, secret), await sealValue(key, binding, secret)];
    assert.notEqual(one, two);
    assert.ok(!Buffer.from(one, 'base64').toString('latin1').includes('ntn_'));
  });

  for (const [name, value] of Object.entries({
    workspace: 'wsp_2',
    connection: 'con_2',
    field: 'refresh_token',
    generation: 2,
  })) {
    it(`does not open under another ${name}`, async () => {
      await refuses(await sealValue(key, binding, secret), { ...binding, [name]: value });
    });
  }

  it('does not open under another key, nor under another name for the same key', async () => {
    const sealed = await sealValue(key, binding, secret);
    await refuses(sealed, binding, { kid: key.kid, bytes: randomBytes(64) });
    await refuses(sealed, binding, { kid: 'wk_two', bytes: key.bytes });
  });

  it('does not open when any single bit of any character is flipped', async () => {
    const sealed = await sealValue(key, binding, secret);
    for (let at = 0; at < sealed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit));
        await refuses(sealed.slice(0, at) + flipped + sealed.slice(at + 1));
      }
    }
  });

  it('does not open when it is truncated, padded or spelled in another way', async () => {
    const sealed = await sealValue(key, binding, secret);
    for (let length = 0; length < sealed.length; length++) await refuses(sealed.slice(0, length));
    for (const other of [`${sealed}=`, `${sealed}\n`, ` ${sealed}`, `${sealed}.`, `${sealed}.AAAA`])
      await refuses(other);
    const standard = sealed.split('.').map(part => part.replaceAll('-', '+').replaceAll('_', '/'));
    if (standard.join('.') !== sealed) await refuses(standard.join('.'));
  });

  it('does not open a tag cut to half its length', async () => {
    const parts = (await sealValue(key, binding, secret)).split('.');
    const tag = Buffer.from(parts[4] ?? '', 'base64url')
      .subarray(0, 16)
      .toString('base64url');
    await refuses([...parts.slice(0, 4), tag].join('.'));
  });

  it('takes no algorithm from the value', async () => {
    const bound = Object.fromEntries(Object.entries(binding).sort(([a], [b]) => (a < b ? -1 : 1)));
    const gcm = await new CompactEncrypt(secret)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.kid, bound })
      .encrypt(key.bytes.subarray(0, 32));
    await refuses(gcm);
    await refuses(gcm, binding, { kid: key.kid, bytes: key.bytes.subarray(0, 32) });
    const wrapped = await new CompactEncrypt(secret)
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256CBC-HS512', kid: key.kid, bound })
      .encrypt(key.bytes.subarray(0, 32));
    await refuses(wrapped, binding, { kid: key.kid, bytes: key.bytes.subarray(0, 32) });
  });

  it('is standard JWE: a decryption written from RFC 7518 section 5.2 opens it', async () => {
    const sealed = await sealValue(key, binding, secret);
    const [head = '', , iv = '', ciphertext = '', tag = ''] = sealed.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    assert.deepEqual(header, { alg: 'dir', enc: 'A256CBC-HS512', kid: 'wk_one', bound: binding });
    const headBits = Buffer.alloc(8);
    headBits.writeUInt32BE(head.length * 8, 4);
    const macInput = [Buffer.from(head), Buffer.from(iv, 'base64url'), Buffer.from(ciphertext, 'base64url'), headBits];
    const mac = createHmac('sha512', key.bytes.subarray(0, 32))
      .update(Buffer.concat(macInput))
      .digest()
      .subarray(0, 32);
    assert.equal(mac.toString('base64url'), tag);
    const decipher = createDecipheriv('aes-256-cbc', key.bytes.subarray(32), Buffer.from(iv, 'base64url'));
    const opened = Buffer.concat([decipher.update(ciphertext, 'base64url'), decipher.final()]);
    assert.deepEqual(opened, secret);
  });
});
