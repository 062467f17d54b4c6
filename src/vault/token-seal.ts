import type { SealedToken, TokenPlace, Tokens, WrappedKey } from '../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import { type Binding, openValue, sealValue } from './sealed-value.ts';
import { ignoreUndecryptable, telling } from './undecryptable.ts';
import type { WorkspaceKeys } from './workspace-keys.ts';

/** Seals one workspace's tokens under one of its keys. */
export interface TokenSealer {
  /** Store it together with the sealed value. The store ignores a key that it already has. */
  readonly key: WrappedKey;
  seal(connectionId: ConnectionId, generation: number, tokens: Tokens): Promise<SealedToken[]>;
}

/** Seals tokens into their place and opens them from there. */
export interface TokenSeal {
  /** For a workspace that is about to be stored for the first time. */
  forNewWorkspace(workspaceId: WorkspaceId): Promise<TokenSealer>;
  forWorkspace(workspaceId: WorkspaceId): Promise<TokenSealer>;
  /** Throws `UnopenableError` unless the value was sealed for exactly this place, under a key that still exists. */
  open(place: TokenPlace, token: Pick<SealedToken, 'sealed' | 'kid'>): Promise<Secret>;
}

export function createTokenSeal(keys: WorkspaceKeys, onUndecryptable = ignoreUndecryptable): TokenSeal {
  async function sealer(key: WrappedKey): Promise<TokenSealer> {
    const { workspaceId } = key;
    const opened = await keys.open(key);
    return {
      key,
      async seal(connectionId, generation, tokens) {
        const sealOne = async (field: SealedToken['field'], token: Secret): Promise<SealedToken> => {
          const binding = bindingOf({ workspaceId, connectionId, field, generation });
          const sealed = await sealValue(opened, binding, Buffer.from(token.reveal()));
          return { field, generation, sealed, kid: key.kid };
        };
        const access = sealOne('access_token', tokens.accessToken);
        const refresh = tokens.refreshToken && sealOne('refresh_token', tokens.refreshToken);
        return (await Promise.all([access, refresh])).filter(token => token !== null);
      },
    };
  }

  return {
    forNewWorkspace: async workspaceId => sealer(await keys.make(workspaceId)),
    forWorkspace: async workspaceId => sealer(await keys.active(workspaceId)),
    async open(place, token) {
      const { sealed, kid } = token;
      const binding = bindingOf(place);
      const opening = keys.use(place.workspaceId, kid, key => openValue(key, binding, sealed));
      return new Secret(Buffer.from(await telling(onUndecryptable, { kid, binding }, opening)).toString());
    },
  };
}

function bindingOf({ workspaceId, connectionId, field, generation }: TokenPlace): Binding {
  return { workspace: workspaceId, connection: connectionId, field, generation };
}
