import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FakeAnswer, FakeKey, type FakeServer, startFake } from './fake-server.ts';

export const awsCredentials = { id: 'AKIAFAKEFAKEFAKEFAKE', secret: 'fake/secret/fake/secret/fake/secret/fake' };

/**
 * Encrypt and Decrypt of AWS KMS, in its JSON 1.1 protocol, behind a check of Signature Version 4.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function startAwsKms(arn: string): Promise<FakeServer & { fail(name: string | null): void }> {
  const key = new FakeKey();
  let failure: string | null = null;
  const server = await startFake((request, body) => {
    if (failure !== null) return refusal(failure);
    if (request.headers.authorization !== signature(request, body)) return refusal('InvalidSignatureException');
    const { KeyId, Plaintext, CiphertextBlob, EncryptionContext = {} } = JSON.parse(body);
    if (KeyId !== arn) return refusal('NotFoundException');
    const aad = JSON.stringify(Object.entries(EncryptionContext).sort());
    switch (request.headers['x-amz-target']) {
      case 'TrentService.Encrypt': {
        const sealed = key.seal(Buffer.from(Plaintext, 'base64'), aad);
        return ok({ KeyId: arn, CiphertextBlob: sealed.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
      }
      case 'TrentService.Decrypt': {
        const opened = key.open(Buffer.from(CiphertextBlob, 'base64'), aad);
        if (opened === null) return refusal('InvalidCiphertextException');
        return ok({ KeyId: arn, Plaintext: opened.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
      }
      default:
        return refusal('UnknownOperationException');
    }
  });
  return {
    ...server,
    fail(name) {
      failure = name;
    },
  };
}

const ok = (body: object): FakeAnswer => ({
  status: 200,
  body,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
});
const refusal = (name: string): FakeAnswer => ({ ...ok({ __type: name, message: name }), status: 400 });

const mustBeSigned = ['host', 'x-amz-date', 'x-amz-target'];

/** The Authorization header that this request should have had. */
function signature(request: IncomingMessage, body: string): string {
  const given = /Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, SignedHeaders=([^,]+)/.exec(
    request.headers.authorization ?? '',
  );
  const [, , date = '', region = '', signedHeaders = ''] = given ?? [];
  if (!mustBeSigned.every(name => signedHeaders.split(';').includes(name)))
    return `${mustBeSigned.join()} must be signed`;
  const headers = signedHeaders.split(';').map(name => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, request.url, '', headers.join(''), signedHeaders, sha256(body)].join('\n');
  const scope = `${date}/${region}/kms/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [date, region, 'kms', 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${awsCredentials.secret}`,
  );
  const signed = hmac(signingKey, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${awsCredentials.id}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signed}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
