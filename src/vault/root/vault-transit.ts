import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { Secret } from '../../domain/secret.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { openAgent } from '../../net/open-agent.ts';
import { postJson } from './post-json.ts';
import { contextBytes, exactBytes, type VaultAccess } from './remote-keys.ts';
import type { RootKey } from './root-key.ts';

/**
 * A version of a key in the Transit engine of HashiCorp Vault or OpenBao.
 *
 * The context is sent twice: as `context`, which keys made with `derived=true` derive from, and as `associated_data`, which
 * keys of the AEAD types authenticate. Of a key that heeds neither no proof can be made, so it is refused before it is used.
 *
 * @param name `MOUNT/KEY/VERSION`
 * @see https://openbao.org/api-docs/secret/transit/#encrypt-data
 */
export function openVaultTransit(name: string, access: VaultAccess, dispatcher: Dispatcher = openAgent(null)): RootKey {
  const parts = name.split('/');
  const version = Number(parts.at(-1));
  const [mount, key] = [parts.slice(0, -2).join('/'), parts.at(-2)];
  const prefix = `vault:v${version}:`;

  async function ask(method: 'encrypt' | 'decrypt', body: object): Promise<Record<string, unknown>> {
    const headers = {
      'x-vault-request': 'true',
      'x-vault-token': await currentToken(access),
      ...(access.namespace !== null && { 'x-vault-namespace': access.namespace }),
    };
    const { status, json } = await postJson(
      `${access.address}/v1/${mount}/${method}/${key}`,
      headers,
      body,
      dispatcher,
    );
    if (status === 200) return ((json as Answer | null)?.data ?? {}) as Record<string, unknown>;
    if (method === 'decrypt' && isAboutTheValue(status, json))
      throw new UnopenableError('Transit does not open it here');
    throw new RootKeyError('unavailable', `Transit does not work with ${name}: status ${status}.`);
  }

  const bound = (context: Parameters<RootKey['wrap']>[1]) => {
    const bytes = contextBytes(context).toString('base64');
    return { context: bytes, associated_data: bytes };
  };
  return {
    kid: `vault-transit:${name}`,
    async wrap(plaintext, context) {
      const body = { plaintext: Buffer.from(plaintext).toString('base64'), key_version: version, ...bound(context) };
      const { ciphertext } = await ask('encrypt', body);
      if (typeof ciphertext !== 'string' || !ciphertext.startsWith(prefix)) {
        throw new RootKeyError('unavailable', `Transit encrypted with another version than ${name}.`);
      }
      return ciphertext;
    },
    async unwrap(wrapped, context) {
      if (!wrapped.startsWith(prefix)) throw new UnopenableError('it was wrapped with another version of the key');
      exactBytes(wrapped.slice(prefix.length), 'base64');
      const { plaintext } = await ask('decrypt', { ciphertext: wrapped, ...bound(context) });
      return Buffer.from(String(plaintext ?? ''), 'base64');
    },
  };
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/** Transit says 400 of everything; only these words speak of the value and not of the key. */
const aboutTheValue = /message authentication failed|invalid ciphertext|unable to decrypt|decryption failed/i;
/**
 * Since 1.6, Vault answers 500 if the context is wrong (hashicorp/vault#10842). The text must begin with these words:
 * if Vault cannot read its own storage, they follow after others.
 */
const wrongContext = /^(1 error occurred:\s*\*\s*)?cipher: message authentication failed$/;

function isAboutTheValue(status: number, json: unknown): boolean {
  const { errors } = (json ?? {}) as Answer;
  if (!Array.isArray(errors)) return false;
  const texts = errors.map(error => String(error).trim());
  return (
    (status === 400 && texts.some(text => aboutTheValue.test(text))) ||
    (status === 500 && texts.some(text => wrongContext.test(text)))
  );
}

async function currentToken({ token }: VaultAccess): Promise<string> {
  if (token instanceof Secret) return token.reveal();
  try {
    return (await readFile(token.file, 'utf8')).trim();
  } catch (cause) {
    throw new RootKeyError('unavailable', `The token for Vault in ${token.file} cannot be read.`, { cause });
  }
}
