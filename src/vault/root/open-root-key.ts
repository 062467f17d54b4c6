import type { RootKeyName } from '../../domain/root-key-name.ts';
import { openAgent } from '../../net/open-agent.ts';
import { openAwsKms } from './aws-kms.ts';
import { readRootKeyFile } from './file.ts';
import { openGcpKms } from './gcp-kms.ts';
import type { KeyServices } from './remote-keys.ts';
import type { RootKey } from './root-key.ts';
import { openVaultTransit } from './vault-transit.ts';

/** Opens a root key from its file or its service. Throws `RootKeyError`. */
export async function openRootKey({ provider, key }: RootKeyName, services: KeyServices): Promise<RootKey> {
  switch (provider) {
    case 'file':
      return readRootKeyFile(key);
    case 'aws-kms':
      return openAwsKms(key, services.awsEndpoint, services.proxy);
    case 'gcp-kms':
      return openGcpKms(key, services.gcpEndpoint, openAgent(services.proxy));
    case 'vault-transit': {
      if (services.vault === null) throw new Error('a key of Vault needs its address');
      return openVaultTransit(key, services.vault, openAgent(services.proxy));
    }
  }
}
