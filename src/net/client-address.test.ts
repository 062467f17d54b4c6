import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createClientAddress, createProxyWord } from './client-address.ts';

const proxies = ['10.0.0.0/8', '::1', 'fd00::/8'];

/** Where a request is taken to come from that a peer hands on with this X-Forwarded-For. */
function seen(forwarded: string | undefined, { peer = '10.0.0.1', trusted = proxies } = {}): string {
  return createClientAddress(trusted)(aRequest(forwarded, peer));
}

function aRequest(forwarded: string | undefined, peer: string): IncomingMessage {
  const headers = { 'x-forwarded-for': forwarded, forwarded: 'for=198.51.100.66' };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

describe('rule 26: where a request comes from', () => {
  it('is the peer, whatever the header says, unless the peer was named as a proxy', () => {
    assert.equal(seen('203.0.113.9', { trusted: [] }), '10.0.0.1');
    assert.equal(seen('203.0.113.9', { peer: '192.0.2.7' }), '192.0.2.7');
    assert.equal(seen(undefined), '10.0.0.1');
    assert.equal(seen(' , '), '10.0.0.1');
  });

  it('is the nearest address behind the named proxies', () => {
    assert.equal(seen('203.0.113.9'), '203.0.113.9');
    assert.equal(seen('198.51.100.1, 203.0.113.9, 10.0.0.7'), '203.0.113.9');
    assert.equal(seen('203.0.113.9,fd00::7', { peer: '::1' }), '203.0.113.9');
    assert.equal(seen('2001:db8::9, 10.0.0.7'), '2001:db8::9');
  });

  for (const unreadable of [
    '203.0.113.9:4711',
    '[2001:db8::9]',
    '[2001:db8::9]:4711',
    'unknown',
    '_hidden',
    '"203.0.113.9"',
    'unix:',
    'localhost',
    '0x0a000001',
    '10.1',
    '012.0.0.7',
    '203.0.113.9/32',
    '203.0.113.9 198.51.100.1',
  ]) {
    it(`takes nothing from behind ${unreadable}: a caller could have written it`, () => {
      assert.equal(seen(`198.51.100.66, ${unreadable}`), '10.0.0.1');
      assert.equal(seen(`198.51.100.66, ${unreadable}, 10.0.0.7`), '10.0.0.7');
      // An address that the caller itself wrote comes behind its own address, and changes nothing.
      assert.equal(seen(`${unreadable}, 203.0.113.9, 10.0.0.7`), '203.0.113.9');
    });
  }

  it('is the same for an IPv4 address that is written as an IPv6 address', () => {
    assert.equal(
      seen('198.51.100.66, ::ffff:203.0.113.9, ::ffff:10.0.0.7', { peer: '::ffff:10.0.0.1' }),
      '203.0.113.9',
    );
    assert.equal(seen('203.0.113.9', { peer: '::FFFF:192.0.2.7' }), '192.0.2.7');
  });

  it('every client may see what proxies say about its request', () => {
    const word = (forwarded: string | undefined, peer = '10.0.0.1') =>
      createProxyWord(proxies)(aRequest(forwarded, peer));
    assert.deepEqual(
      [word(undefined), word('203.0.113.9'), word('10.0.0.9'), word('203.0.113.9', '192.0.2.7')],
      ['direct', 'forwarded', 'forwarded', 'unbelieved'],
    );
    assert.deepEqual([word('203.0.113.9:4711'), word('unknown, 10.0.0.7')], ['unreadable', 'unreadable']);
  });

  it('is the outermost one where all of them are named', () => {
    assert.equal(seen('10.0.0.9, 10.0.0.7'), '10.0.0.9');
  });
});
