import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { castagnoli } from './castagnoli.ts';
import { type FakeAnswer, FakeKey, type FakeServer, startFake } from './fake-server.ts';

export interface FakeGcpKms extends FakeServer {
  /** What the file of Application Default Credentials says, but for where the assertion is. */
  credentials(): object;
  assertion(): Promise<string>;
  /** Checksums of answers no longer fit them. */
  damageAnswers(on: boolean): void;
  /** Every request about keys ends so, until told otherwise. */
  fail(reason: readonly [code: number, status: string] | null): void;
}

/**
 * Encrypt and decrypt of Google Cloud KMS, and the token endpoint at which a workload's signed assertion is exchanged for an
 * access token (RFC 8693), as in workload identity federation. Checksums are required, although the service does not.
 *
 * @see https://cloud.google.com/kms/docs/reference/rest
 * @see https://cloud.google.com/kms/docs/data-integrity-guidelines
 */
export async function startGcpKms(version: string): Promise<FakeGcpKms> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = new FakeKey();
  const [name] = version.split('/cryptoKeyVersions/');
  const token = randomBytes(24).toString('base64url');
  let damage = false;
  let failure: readonly [code: number, status: string] | null = null;
  const server = await startFake(async (request, body): Promise<FakeAnswer> => {
    if (request.url === '/token') {
      const assertion = new URLSearchParams(body).get('subject_token') ?? '';
      const verified = await compactVerify(assertion, publicKey).catch(() => null);
      if (verified === null) return { status: 401, body: { error: 'invalid_grant' } };
      return {
        status: 200,
        body: { access_token: token, issued_token_type: accessToken, expires_in: 3600, token_type: 'Bearer' },
      };
    }
    if (request.headers.authorization !== `Bearer ${token}`) return refusal(401, 'UNAUTHENTICATED');
    if (failure !== null) return refusal(...failure);
    const asked = JSON.parse(body);
    const { plaintext = '', ciphertext = '', additionalAuthenticatedData: aad = '' } = asked;
    for (const field of ['plaintext', 'ciphertext', 'additionalAuthenticatedData']) {
      if (field in asked && asked[`${field}Crc32c`] !== sumOf(asked[field])) {
        return refusal(400, 'INVALID_ARGUMENT', `The checksum in field ${field}_crc32c did not match the data.`);
      }
    }
    const answer = (fields: Record<string, unknown>) => ({ status: 200, body: fields });
    if (request.url === `/v1/${version}:encrypt`) {
      const sealed = key.seal(Buffer.from(plaintext, 'base64'), aad).toString('base64');
      return answer({
        name: version,
        ciphertext: sealed,
        ciphertextCrc32c: damage ? '1' : sumOf(sealed),
        verifiedPlaintextCrc32c: true,
        verifiedAdditionalAuthenticatedDataCrc32c: true,
      });
    }
    if (request.url !== `/v1/${name}:decrypt`) return refusal(404, 'NOT_FOUND');
    const opened = key.open(Buffer.from(ciphertext, 'base64'), aad)?.toString('base64');
    if (opened === undefined) return refusal(400, 'INVALID_ARGUMENT', 'Decryption failed: the ciphertext is invalid.');
    return answer({ plaintext: opened, plaintextCrc32c: damage ? '1' : sumOf(opened) });
  });
  return {
    ...server,
    damageAnswers: on => {
      damage = on;
    },
    fail: reason => {
      failure = reason;
    },
    credentials: () => ({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/fake/providers/fake',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${server.url}/token`,
    }),
    assertion: () =>
      new CompactSign(Buffer.from('{"sub":"portcullis"}')).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
  };
}

const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

function sumOf(base64: string): string {
  return String(castagnoli(Buffer.from(base64, 'base64')));
}

function refusal(code: number, status: string, message = status): FakeAnswer {
  return { status: code, body: { error: { code, status, message } } };
}
