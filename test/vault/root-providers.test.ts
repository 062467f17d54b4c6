/** Root keys in key services, against fakes that speak their wire protocols on loopback. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RootKeyError, type RootKeyErrorCode } from '../../src/domain/root-key-error.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openAwsKms } from '../../src/vault/root/aws-kms.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { openGcpKms } from '../../src/vault/root/gcp-kms.ts';
import { loadPackage } from '../../src/vault/root/optional-package.ts';
import { makeProof } from '../../src/vault/root/proof.ts';
import type { RootKey } from '../../src/vault/root/root-key.ts';
import { openVaultTransit } from '../../src/vault/root/vault-transit.ts';
import { UnopenableError } from '../../src/vault/sealed-value.ts';
import { awsCredentials, startAwsKms } from './fakes/aws-kms.ts';
import { startGcpKms } from './fakes/gcp-kms.ts';
import { startVaultTransit, vaultToken } from './fakes/vault-transit.ts';

const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const version = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/3';
const context = { purpose: 'workspace key', workspace: 'wsp_1', version: 1 };

const failsWith = (code: RootKeyErrorCode) => (error: unknown) => error instanceof RootKeyError && error.code === code;

describe('root keys', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-key-services-'));
  const [aws, gcp, vault] = await Promise.all([startAwsKms(arn), startGcpKms(version), startVaultTransit()]);
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
    await Promise.all([aws.close(), gcp.close(), vault.close()]);
    await rm(directory, { recursive: true });
  });

  const access = { address: vault.url, namespace: null, token: new Secret(vaultToken) };
  const providers: Readonly<Record<string, () => Promise<RootKey>>> = {
    'in a file': () => openRootKeyFile(join(directory, 'root.key')),
    'in AWS KMS': () => openAwsKms(arn, aws.url),
    'in Google Cloud KMS': () => openGcpKms(version, gcp.url),
    'in Vault Transit': async () => openVaultTransit('transit/portcullis/1', access),
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

  it('that are out of reach are unavailable, and never take a value for undecryptable', async () => {
    const key = await openAwsKms(arn, aws.url);
    const wrapped = await key.wrap(Buffer.from('key'), context);
    for (const name of ['KMSInvalidStateException', 'DisabledException', 'AccessDeniedException']) {
      aws.fail(name);
      await assert.rejects(key.unwrap(wrapped, context), failsWith('unavailable'), name);
    }
    aws.fail(null);
    const gone = openVaultTransit('transit/gone/1', access);
    await assert.rejects(gone.unwrap('vault:v1:AAAA', context), failsWith('unavailable'));
    const silent = openVaultTransit('transit/portcullis/1', { ...access, address: 'http://127.0.0.1:1' });
    await assert.rejects(silent.wrap(Buffer.from('key'), context), failsWith('unavailable'));
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

  it('say what to install where their package is missing', async () => {
    const missing = 'a-package-that-is-not-there';
    await assert.rejects(
      loadPackage(missing, () => import(missing)),
      error => failsWith('not_installed')(error) && /npm install a-package/.test((error as Error).message),
    );
  });
});
