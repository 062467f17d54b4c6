import { type FakeAnswer, FakeKey, type FakeServer, startFake } from './fake-server.ts';

export const vaultToken = 'hvs.fake';

export interface FakeTransit extends FakeServer {
  /** Every request ends so, until told otherwise. */
  fail(reason: readonly [status: number, error: string] | null): void;
}

/**
 * Encrypt and decrypt of the Transit engine, with versions, `context` and `associated_data`.
 *
 * @param wrongContextStatus 500 in Vault 1.6 and later (hashicorp/vault#10842)
 * @param heedsContext false: a key that is not derived and of no AEAD type, which ignores both
 * @see https://openbao.org/api-docs/secret/transit/
 */
export async function startVaultTransit({ heedsContext = true, wrongContextStatus = 400 } = {}): Promise<FakeTransit> {
  let failure: readonly [status: number, error: string] | null = null;
  const versions = new Map([
    [1, new FakeKey()],
    [2, new FakeKey()],
  ]);
  const server = await startFake((request, body): FakeAnswer => {
    if (request.headers['x-vault-token'] !== vaultToken) return refusal(403, 'permission denied');
    if (failure !== null) return refusal(...failure);
    const {
      plaintext = '',
      ciphertext = '',
      key_version: asked,
      context = '',
      associated_data: aad = '',
    } = JSON.parse(body);
    const bound = heedsContext ? `${context} ${aad}` : '';
    if (request.url === '/v1/transit/encrypt/portcullis') {
      const version = asked ?? 2;
      const sealed = versions.get(version)?.seal(Buffer.from(plaintext, 'base64'), bound);
      if (sealed === undefined)
        return refusal(400, 'requested version for encryption is higher than the latest key version');
      return { status: 200, body: { data: { ciphertext: `vault:v${version}:${sealed.toString('base64')}` } } };
    }
    if (request.url !== '/v1/transit/decrypt/portcullis') return refusal(400, 'encryption key not found');
    const [, version = '', sealed = ''] = /^vault:v(\d+):(.*)$/.exec(ciphertext) ?? [];
    const opened = versions.get(Number(version))?.open(Buffer.from(sealed, 'base64'), bound) ?? null;
    if (opened === null) return refusal(wrongContextStatus, wrongContext[wrongContextStatus] ?? '');
    return { status: 200, body: { data: { plaintext: opened.toString('base64') } } };
  });
  return {
    ...server,
    fail: reason => {
      failure = reason;
    },
  };
}

/** Versions of Vault differ in how they say it. */
const wrongContext: Readonly<Record<number, string>> = {
  400: 'cipher: message authentication failed',
  500: '1 error occurred:\n\t* cipher: message authentication failed\n\n',
};

function refusal(status: number, error: string): FakeAnswer {
  return { status, body: { errors: [error] } };
}
