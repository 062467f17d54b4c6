import { RootKeyError } from '../../domain/root-key-error.ts';
import { UnopenableError } from '../sealed-value.ts';
import { contextBytes } from './context.ts';
import { exactBytes } from './exact-bytes.ts';
import { loadPackage } from './optional-package.ts';
import { postJson } from './post-json.ts';
import type { RootKey } from './root-key.ts';

const scope = 'https://www.googleapis.com/auth/cloudkms';

/**
 * A symmetric key version in Google Cloud KMS. The context travels as additional authenticated data.
 *
 * @param name `projects/…/cryptoKeys/…/cryptoKeyVersions/N`
 * @see https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt
 */
export async function openGcpKms(name: string, endpoint: string): Promise<RootKey> {
  const { GoogleAuth } = await loadPackage('google-auth-library', () => import('google-auth-library'));
  // The project is in the name; without it the library would go and ask for one.
  const [, projectId = ''] = name.split('/');
  const auth = new GoogleAuth({ scopes: [scope], projectId });
  // Encrypting names the version; decrypting names the key, which finds the version in the ciphertext.
  const [key = ''] = name.split('/cryptoKeyVersions/');

  async function ask(resource: string, method: 'encrypt' | 'decrypt', body: object): Promise<Answer> {
    const token = await auth.getAccessToken().catch(cause => {
      throw new RootKeyError('unavailable', 'Google Cloud gave no credentials (Application Default Credentials).', {
        cause,
      });
    });
    const url = `${endpoint}/v1/${resource}:${method}`;
    const { status, json } = await postJson(url, { authorization: `Bearer ${token}` }, body);
    if (status === 200) return json as Answer;
    // The one thing that can be wrong with a value or its context: INVALID_ARGUMENT.
    if (status === 400 && method === 'decrypt') throw new UnopenableError('Google Cloud KMS does not open it here');
    throw new RootKeyError('unavailable', `Google Cloud KMS does not work with ${name}: status ${status}.`);
  }

  return {
    kid: `gcp-kms:${name}`,
    async wrap(plaintext, context) {
      const answer = await ask(name, 'encrypt', {
        plaintext: Buffer.from(plaintext).toString('base64'),
        additionalAuthenticatedData: contextBytes(context).toString('base64'),
      });
      if (answer.name !== name || typeof answer.ciphertext !== 'string') {
        throw new RootKeyError('unavailable', `Google Cloud KMS encrypted with another key than ${name}.`);
      }
      return Buffer.from(answer.ciphertext, 'base64').toString('base64url');
    },
    async unwrap(wrapped, context) {
      const answer = await ask(key, 'decrypt', {
        ciphertext: exactBytes(wrapped, 'base64url').toString('base64'),
        additionalAuthenticatedData: contextBytes(context).toString('base64'),
      });
      return Buffer.from(String(answer.plaintext ?? ''), 'base64');
    },
  };
}

interface Answer {
  readonly name?: unknown;
  readonly ciphertext?: unknown;
  readonly plaintext?: unknown;
}
