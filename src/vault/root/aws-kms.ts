import { Agent } from 'node:https';
import type { OutgoingProxy } from '../../domain/outgoing-proxy.ts';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { secondMs } from '../../domain/units.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { exactBytes, loadPackage, textContext } from './remote-keys.ts';
import type { RootKey } from './root-key.ts';

/**
 * A symmetric key in AWS KMS, named by its ARN. The context is sent as KMS's encryption context. So CloudTrail also
 * shows which workspace's key was unwrapped, and when.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
 */
export async function openAwsKms(
  arn: string,
  endpoint: string | null,
  proxy: OutgoingProxy | null = null,
): Promise<RootKey> {
  const kms = await loadPackage('@aws-sdk/client-kms', () => import('@aws-sdk/client-kms'));
  const client = new kms.KMSClient({
    region: arn.split(':')[3] ?? '',
    ...(endpoint !== null && { endpoint }),
    requestHandler: { connectionTimeout: 2 * secondMs, requestTimeout: 5 * secondMs, ...throughProxy(proxy) },
  });
  const key = { KeyId: arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } as const;
  return {
    kid: `aws-kms:${arn}`,
    async wrap(plaintext, context) {
      const command = new kms.EncryptCommand({ ...key, Plaintext: plaintext, EncryptionContext: textContext(context) });
      const { CiphertextBlob: blob, KeyId: used } = await ask(client.send(command), arn);
      if (blob === undefined || used !== arn) throw unavailable(arn, null);
      return Buffer.from(blob).toString('base64url');
    },
    async unwrap(wrapped, context) {
      const blob = exactBytes(wrapped, 'base64url');
      const command = new kms.DecryptCommand({ ...key, CiphertextBlob: blob, EncryptionContext: textContext(context) });
      const { Plaintext: plaintext, KeyId: used } = await ask(client.send(command), arn);
      if (plaintext === undefined || used !== arn) throw unavailable(arn, null);
      return plaintext;
    },
  };
}

/** What KMS says when the value, the context or the key is not the right one. */
const refusals = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

async function ask<T>(answer: Promise<T>, arn: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (refusals.has((error as Error).name))
      throw new UnopenableError('AWS KMS does not open it here', { cause: error });
    throw unavailable(arn, error);
  }
}

function unavailable(arn: string, cause: unknown): RootKeyError {
  const why = cause instanceof Error ? cause.name : 'an answer without content, or of another key';
  return new RootKeyError('unavailable', `AWS KMS does not work with ${arn}: ${why}.`, { cause });
}

function throughProxy(proxy: OutgoingProxy | null) {
  if (proxy === null) return {};
  const proxyEnv = { HTTPS_PROXY: proxy.url.reveal(), NO_PROXY: proxy.except };
  return { httpsAgent: new Agent({ keepAlive: true, proxyEnv }) };
}
