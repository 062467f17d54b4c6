import { resolve } from 'node:path';

export type KeyProvider = 'file' | 'aws-kms' | 'gcp-kms' | 'vault-transit';

/** Where one root key is. `key` is a path, or the name that the service uses for the key and its version. */
export interface RootKeyName {
  readonly provider: KeyProvider;
  readonly key: string;
}

/**
 * How each provider names its keys. A name must always mean the same version of a key. So aliases are refused, and so
 * are names without a version if the provider has versions. Otherwise a key could be replaced behind its name, and no
 * one would notice that the old values were not wrapped again.
 */
const forms: Readonly<Record<KeyProvider, { form: RegExp; expects: string }>> = {
  file: { form: /^./s, expects: 'file:PATH' },
  'aws-kms': {
    form: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
    expects: 'aws-kms:ARN, with the ARN of the key itself and not of an alias',
  },
  'gcp-kms': {
    form: /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+\/cryptoKeyVersions\/\d+$/,
    expects: 'gcp-kms:projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/N',
  },
  'vault-transit': { form: /^[\w.-]+(\/[\w.-]+)*\/\d+$/, expects: 'vault-transit:MOUNT/KEY/VERSION' },
};

/**
 * Reads `provider:key`; `file` alone is the file of PORTCULLIS_ROOT_KEY_FILE. Throws a RangeError that says what is
 * expected.
 */
export function parseRootKeyName(text: string, rootKeyFile: string): RootKeyName {
  if (text === 'file') return { provider: 'file', key: rootKeyFile };
  const [provider = '', ...rest] = text.split(':');
  const key = rest.join(':');
  if (!isProvider(provider)) throw new RangeError(`must begin with one of ${Object.keys(forms).join(', ')}`);
  const { form, expects } = forms[provider];
  if (!form.test(key)) throw new RangeError(`must be like ${expects}`);
  return { provider, key: provider === 'file' ? resolve(key) : key };
}

function isProvider(text: string): text is KeyProvider {
  return Object.hasOwn(forms, text);
}
