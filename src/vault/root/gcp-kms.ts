import type { Dispatcher } from 'undici';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { openAgent } from '../../net/open-agent.ts';
import { postJson } from './post-json.ts';
import { contextBytes, crc32c, exactBytes, loadPackage } from './remote-keys.ts';
import type { RootKey } from './root-key.ts';

const scope = 'https://www.googleapis.com/auth/cloudkms';

/**
 * A symmetric key version in Google Cloud KMS. The context is sent as additional authenticated data. Request and answer
 * carry checksums: a value that was damaged on the way is asked for again later, and does not count as one that cannot
 * be opened.
 *
 * @param name `projects/…/cryptoKeys/…/cryptoKeyVersions/N`
 * @see https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt
 * @see https://cloud.google.com/kms/docs/data-integrity-guidelines
 */
export async function openGcpKms(
  name: string,
  endpoint: string,
  dispatcher: Dispatcher = openAgent(null),
): Promise<RootKey> {
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
    const { status, json } = await postJson(url, { authorization: `Bearer ${token}` }, body, dispatcher);
    if (status === 200) return (json ?? {}) as Answer;
    const { error } = (json ?? {}) as { error?: { status?: unknown; message?: unknown } };
    if (method === 'decrypt' && isAboutTheValue(error)) {
      throw new UnopenableError('Google Cloud KMS does not open it here');
    }
    const why = typeof error?.status === 'string' ? ` (${error.status})` : '';
    throw new RootKeyError('unavailable', `Google Cloud KMS does not work with ${name}: status ${status}${why}.`);
  }

  function assertIntact(intact: boolean): void {
    if (!intact)
      throw new RootKeyError('unavailable', `What Google Cloud KMS received or sent for ${name} was damaged.`);
  }

  return {
    kid: `gcp-kms:${name}`,
    async wrap(plaintext, context) {
      const answer = await ask(name, 'encrypt', { ...sent('plaintext', plaintext), ...additional(context) });
      if (answer.name !== name || typeof answer.ciphertext !== 'string') {
        throw new RootKeyError('unavailable', `Google Cloud KMS encrypted with another key than ${name}.`);
      }
      const { verifiedPlaintextCrc32c, verifiedAdditionalAuthenticatedDataCrc32c } = answer;
      const blob = Buffer.from(answer.ciphertext, 'base64');
      assertIntact(verifiedPlaintextCrc32c === true && verifiedAdditionalAuthenticatedDataCrc32c === true);
      assertIntact(answer.ciphertextCrc32c === String(crc32c(blob)));
      return blob.toString('base64url');
    },
    async unwrap(wrapped, context) {
      const blob = exactBytes(wrapped, 'base64url');
      const answer = await ask(key, 'decrypt', { ...sent('ciphertext', blob), ...additional(context) });
      const plaintext = Buffer.from(String(answer.plaintext ?? ''), 'base64');
      assertIntact(answer.plaintextCrc32c === String(crc32c(plaintext)));
      return plaintext;
    },
  };
}

/** JSON writes 64-bit integers as texts. */
interface Answer {
  readonly name?: unknown;
  readonly ciphertext?: unknown;
  readonly ciphertextCrc32c?: unknown;
  readonly verifiedPlaintextCrc32c?: unknown;
  readonly verifiedAdditionalAuthenticatedDataCrc32c?: unknown;
  readonly plaintext?: unknown;
  readonly plaintextCrc32c?: unknown;
}

function sent(name: 'plaintext' | 'ciphertext' | 'additionalAuthenticatedData', bytes: Uint8Array) {
  return { [name]: Buffer.from(bytes).toString('base64'), [`${name}Crc32c`]: String(crc32c(bytes)) };
}

function additional(context: Parameters<RootKey['wrap']>[1]) {
  return sent('additionalAuthenticatedData', contextBytes(context));
}

/**
 * `INVALID_ARGUMENT` says that the value or its context is not the right one, or that a checksum does not fit. A version that
 * is disabled or destroyed is `FAILED_PRECONDITION`, and both have the status 400.
 */
function isAboutTheValue(error: { status?: unknown; message?: unknown } | undefined): boolean {
  return error?.status === 'INVALID_ARGUMENT' && !/crc32c|checksum/i.test(String(error.message));
}
