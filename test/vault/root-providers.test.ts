/** Root keys in key services, against fakes that speak their wire protocols on loopback. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RootKeyError, type RootKeyErrorCode } from '../../src/domain/root-key-error.ts';
import { Secret } from '../../src/domain/secret.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { openAwsKms } from '../../src/vault/root/aws-kms.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { openGcpKms } from '../../src/vault/root/gcp-kms.ts';
import { makeProof } from '../../src/vault/root/proof.ts';
import type { RootKey } from '../../src/vault/root/root-key.ts';
import { openVaultTransit } from '../../src/vault/root/vault-transit.ts';
import { awsCredentials, startAwsKms } from './fakes/aws-kms.ts';
import { startGcpKms } from './fakes/gcp-kms.ts';
import { startVaultTransit, vaultToken } from './fakes/vault-transit.ts';

const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const version = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/3';
const context = { purpose: 'workspace key', workspace: 'wsp_1', version: 1 };

const failsWith = (code: RootKeyErrorCode) => (error: unknown) => error instanceof RootKeyError && error.code === code;

describe('root keys', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-key-services-'));
  const [aws, gcp, vault, laterVault] = await Promise.all([
    startAwsKms(arn),
    startGcpKms(version),
    startVaultTransit(),
    startVaultTransit({ wrongContextStatus: 500 }),
  ]);
  const credentials = join(directory, 'credentials.json');
  const given = { ...process.env };
  before(async () => {
    const assertion = join(directory, 'assertion');
    await writeFile(assertion, await gcp.assertion());
    await writeFile(credentials, JSON.stringify({ ...gcp.credentials(), credential_source: { file: assertion } }));
    process.env.AWS_ACCESS_KEY_ID = awsCredentials.id;
    process.env.AWS_SECRET_ACCESS_KEY = awsCredentials.secret;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = credentials;
  });
  after(async () => {
    process.env = given;
    await Promise.all([aws.close(), gcp.close(), vault.close(), laterVault.close()]);
    await rm(directory, { recursive: true });
  });

  const access = { address: vault.url, namespace: null, token: new Secret(vaultToken) };
  const providers: Readonly<Record<string, () => Promise<RootKey>>> = {
    'in a file': () => openRootKeyFile(join(directory, 'root.key')),
    'in AWS KMS': () => openAwsKms(arn, aws.url),
    'in Google Cloud KMS': () => openGcpKms(version, gcp.url),
    'in Vault Transit': async () => openVaultTransit('transit/portcullis/1', access),
    'in Vault Transit 1.6': async () =>
      openVaultTransit('transit/portcullis/1', { ...access, address: laterVault.url }),
  };

  for (const [where, open] of Object.entries(providers)) {
    describe(where, () => {
      let key: RootKey;
      before(async () => {
        key = await open();
      });

      it('open what they wrapped, in another process too', async () => {
        const wrapped = await key.wrap(Buffer.from('64 random bytes'), context);
        assert.ok(!Buffer.from(wrapped, 'base64').includes('64 random bytes'));
        assert.equal(Buffer.from(await (await open()).unwrap(wrapped, context)).toString(), '64 random bytes');
        await makeProof(key);
      });

      for (const [name, value] of Object.entries({ workspace: 'wsp_2', version: 2, purpose: 'other' })) {
        it(`do not open it with another ${name}`, async () => {
          const wrapped = await key.wrap(Buffer.from('key'), context);
          await assert.rejects(key.unwrap(wrapped, { ...context, [name]: value }), UnopenableError);
        });
      }

      it('do not open it with a part of the context left out', async () => {
        const wrapped = await key.wrap(Buffer.from('key'), context);
        await assert.rejects(key.unwrap(wrapped, { purpose: 'workspace key', workspace: 'wsp_1' }), UnopenableError);
      });

      it('do not open it altered or cut', async () => {
        const wrapped = await key.wrap(Buffer.from('key'), context);
        for (let at = 20; at < wrapped.length; at += 7) {
          const flipped = wrapped[at] === 'A' ? 'B' : 'A';
          await assert.rejects(
            key.unwrap(wrapped.slice(0, at) + flipped + wrapped.slice(at + 1), context),
            UnopenableError,
          );
        }
        await assert.rejects(key.unwrap(wrapped.slice(0, -8), context), UnopenableError);
      });
    });
  }

  it('are signed for: another secret is refused', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'another';
    const key = await openAwsKms(arn, aws.url);
    await assert.rejects(key.wrap(Buffer.from('key'), context), failsWith('unavailable'));
    process.env.AWS_SECRET_ACCESS_KEY = awsCredentials.secret;
    const stranger = openVaultTransit('transit/portcullis/1', { ...access, token: new Secret('another') });
    await assert.rejects(stranger.wrap(Buffer.from('key'), context), failsWith('unavailable'));
  });

  describe('that are out of reach, throttled or switched off are unavailable, and no value is undecryptable', () => {
    const wrapAndFail = async (key: RootKey, fail: () => void, mend: () => void, says: RegExp) => {
      const wrapped = await key.wrap(Buffer.from('key'), context);
      fail();
      try {
        const refused = (error: unknown) => failsWith('unavailable')(error) && says.test((error as Error).message);
        await assert.rejects(key.unwrap(wrapped, context), refused);
        await assert.rejects(key.wrap(Buffer.from('key'), context), refused);
      } finally {
        mend();
      }
      assert.equal(Buffer.from(await key.unwrap(wrapped, context)).toString(), 'key');
    };

    for (const name of [
      'ThrottlingException',
      'KMSInternalException',
      'DependencyTimeoutException',
      'KMSInvalidStateException',
      'DisabledException',
      'AccessDeniedException',
    ]) {
      it(`in AWS: ${name}`, async () => {
        const fail = (reason: string | null) => () => aws.fail(reason);
        await wrapAndFail(await openAwsKms(arn, aws.url), fail(name), fail(null), new RegExp(name));
      });
    }

    for (const reason of [
      [400, 'FAILED_PRECONDITION'],
      [403, 'PERMISSION_DENIED'],
      [429, 'RESOURCE_EXHAUSTED'],
      [500, 'INTERNAL'],
      [503, 'UNAVAILABLE'],
    ] as const) {
      it(`at Google: ${reason.join(' ')}`, async () => {
        const key = await openGcpKms(version, gcp.url);
        await wrapAndFail(
          key,
          () => gcp.fail(reason),
          () => gcp.fail(null),
          new RegExp(`status ${reason.join(' \\(')}`),
        );
      });
    }

    for (const reason of [
      [403, 'permission denied'],
      [429, 'request path exceeded rate limit quota'],
      [500, '1 error occurred:\n\t* read failed: decryption failed: cipher: message authentication failed\n\n'],
      [503, 'Vault is sealed'],
      [400, 'ciphertext or signature version is disallowed by policy (too old)'],
    ] as const) {
      it(`in Vault: ${reason[0]} ${reason[1].trim()}`, async () => {
        const key = openVaultTransit('transit/portcullis/1', access);
        await wrapAndFail(
          key,
          () => vault.fail(reason),
          () => vault.fail(null),
          new RegExp(`status ${reason[0]}`),
        );
      });
    }

    it('where nobody listens, and where there is no such key', async () => {
      const gone = openVaultTransit('transit/gone/1', access);
      await assert.rejects(gone.unwrap('vault:v1:AAAA', context), failsWith('unavailable'));
      const silent = openVaultTransit('transit/portcullis/1', { ...access, address: 'http://127.0.0.1:1' });
      await assert.rejects(silent.wrap(Buffer.from('key'), context), failsWith('unavailable'));
    });
  });

  it('say that an answer was damaged on its way, and not that the value does not open', async () => {
    const key = await openGcpKms(version, gcp.url);
    const wrapped = await key.wrap(Buffer.from('key'), context);
    gcp.damageAnswers(true);
    await assert.rejects(key.unwrap(wrapped, context), failsWith('unavailable'));
    await assert.rejects(key.wrap(Buffer.from('key'), context), failsWith('unavailable'));
    gcp.damageAnswers(false);
    assert.equal(Buffer.from(await key.unwrap(wrapped, context)).toString(), 'key');
  });

  it('are a version each: another version of the same key opens nothing', async () => {
    const [one, two] = ['transit/portcullis/1', 'transit/portcullis/2'].map(name => openVaultTransit(name, access));
    assert.ok(one !== undefined && two !== undefined);
    assert.notEqual(one.kid, two.kid);
    await assert.rejects(two.unwrap(await one.wrap(Buffer.from('key'), context), context), UnopenableError);
  });

  it('that ignore the context are refused', async () => {
    const loose = await startVaultTransit({ heedsContext: false });
    const key = openVaultTransit('transit/portcullis/1', { ...access, address: loose.url });
    await assert.rejects(makeProof(key), failsWith('unbound'));
    await loose.close();
  });

  it('take their token from a file at each request', async () => {
    const file = join(directory, 'vault-token');
    const key = openVaultTransit('transit/portcullis/1', { ...access, token: { file } });
    await assert.rejects(key.wrap(Buffer.from('key'), context), failsWith('unavailable'));
    await writeFile(file, `${vaultToken}\n`);
    await key.wrap(Buffer.from('key'), context);
  });
});
