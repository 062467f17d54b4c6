import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client';
import fc from 'fast-check';
import { Secret } from '../domain/secret.ts';
import { isSameToken, isSignedWith } from './signature.ts';

const bytes = fc.uint8Array({ maxLength: 500 });
const tokens = fc.string({ minLength: 1, maxLength: 60 });

describe('a webhook signature', () => {
  it('of what Notion sends is right, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, tokens, async (body, verificationToken) => {
        const signature = await signWebhookPayload({ body, verificationToken });
        assert.equal(isSignedWith(new Secret(verificationToken), body, signature), true);
      }),
    );
  });

  it('is right exactly when the official client says so, however it was altered', async () => {
    const alter: fc.Arbitrary<(signature: string) => string> = fc.oneof(
      fc.constant((signature: string) => signature),
      fc.constant((signature: string) => signature.toUpperCase()),
      fc.constant((signature: string) => signature.replace(/[a-f]/g, digit => digit.toUpperCase())),
      fc.constant((signature: string) => signature.replace('sha256=', 'SHA256=')),
      fc.constant((signature: string) => signature.slice('sha256='.length)),
      fc.nat(70).map(length => (signature: string) => signature.slice(0, length)),
      fc.string({ maxLength: 5 }).map(more => (signature: string) => signature + more),
      fc.string({ maxLength: 5 }).map(more => (signature: string) => more + signature),
      fc.tuple(fc.nat(70), fc.string({ minLength: 1, maxLength: 1 })).map(
        ([at, letter]) =>
          (signature: string) =>
            signature.slice(0, at) + letter + signature.slice(at + 1),
      ),
      fc.string().map(other => () => other),
    );
    await fc.assert(
      fc.asyncProperty(bytes, tokens, tokens, alter, async (body, verificationToken, signedWith, altered) => {
        const signature = altered(await signWebhookPayload({ body, verificationToken: signedWith }));
        const theirs = await verifyWebhookSignature({ body, signature, verificationToken });
        assert.equal(isSignedWith(new Secret(verificationToken), body, signature), theirs);
        const own = altered(await signWebhookPayload({ body, verificationToken }));
        const oracle = await verifyWebhookSignature({ body, signature: own, verificationToken });
        assert.equal(isSignedWith(new Secret(verificationToken), body, own), oracle);
      }),
      { numRuns: 500 },
    );
  });

  it('of other bytes, or with another token, or none at all, is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, tokens, tokens, async (body, other, token, another) => {
        fc.pre(Buffer.compare(body, other) !== 0 && token !== another);
        const signature = await signWebhookPayload({ body, verificationToken: token });
        assert.equal(isSignedWith(new Secret(token), other, signature), false);
        assert.equal(isSignedWith(new Secret(another), body, signature), false);
        assert.equal(isSignedWith(new Secret(token), body, undefined), false);
      }),
    );
  });
});

describe('two verification tokens', () => {
  it('are the same when their characters are', () => {
    fc.assert(
      fc.property(tokens, tokens, (one, other) => {
        assert.equal(isSameToken(new Secret(one), new Secret(other)), one === other);
        assert.equal(isSameToken(new Secret(one), new Secret(one)), true);
      }),
    );
  });
});
