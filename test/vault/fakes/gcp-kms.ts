import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { type FakeAnswer, FakeKey, type FakeServer, startFake } from './fake-server.ts';

/**
 * Encrypt and decrypt of Google Cloud KMS, and the token endpoint at which a workload's signed assertion is exchanged for an
 * access token (RFC 8693), as in workload identity federation.
 *
 * @see https://cloud.google.com/kms/docs/reference/rest
 */
export async function startGcpKms(
  version: string,
): Promise<FakeServer & { credentials(): object; assertion(): Promise<string> }> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = new FakeKey();
  const [name] = version.split('/cryptoKeyVersions/');
  const token = randomBytes(24).toString('base64url');
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
    const { plaintext = '', ciphertext = '', additionalAuthenticatedData: aad = '' } = JSON.parse(body);
    if (request.url === `/v1/${version}:encrypt`) {
      const sealed = key.seal(Buffer.from(plaintext, 'base64'), aad).toString('base64');
      return { status: 200, body: { name: version, ciphertext: sealed } };
    }
    if (request.url !== `/v1/${name}:decrypt`) return refusal(404, 'NOT_FOUND');
    const opened = key.open(Buffer.from(ciphertext, 'base64'), aad);
    if (opened === null) return refusal(400, 'INVALID_ARGUMENT');
    return { status: 200, body: { plaintext: opened.toString('base64') } };
  });
  return {
    ...server,
    /** What the file of Application Default Credentials says, but for where the assertion is. */
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

function refusal(code: number, status: string): FakeAnswer {
  return { status: code, body: { error: { code, status, message: status } } };
}
