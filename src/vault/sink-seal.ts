import type { SinkId, WorkspaceId } from '../domain/ids.ts';
import { Secret } from '../domain/secret.ts';
import { type Binding, openValue, sealValue } from './sealed-value.ts';
import { ignoreUndecryptable, telling } from './undecryptable.ts';
import type { WorkspaceKeys } from './workspace-keys.ts';

/** The place that the secret of a sink is bound to. */
interface Place {
  readonly owner: WorkspaceId;
  readonly sinkId: SinkId;
  readonly generation: number;
}

/** Seals the secrets of sinks into their places, under the keys of their workspaces. */
export function createSinkSeal(keys: Pick<WorkspaceKeys, 'active' | 'use'>, onUndecryptable = ignoreUndecryptable) {
  return {
    async seal(place: Place, secret: Secret): Promise<{ sealed: string; kid: string }> {
      const { kid } = await keys.active(place.owner);
      const plaintext = Buffer.from(secret.reveal());
      return { sealed: await keys.use(place.owner, kid, key => sealValue(key, bindingOf(place), plaintext)), kid };
    },
    /** Throws `UnopenableError` unless it was sealed for exactly this place, under a key that still exists. */
    async open(place: Place, { sealed, kid }: { sealed: string; kid: string }): Promise<Secret> {
      const binding = bindingOf(place);
      const opening = keys.use(place.owner, kid, key => openValue(key, binding, sealed));
      return new Secret(Buffer.from(await telling(onUndecryptable, { kid, binding }, opening)).toString());
    },
  };
}

function bindingOf({ owner, sinkId, generation }: Place): Binding {
  return { workspace: owner, sink: sinkId, field: 'secret', generation };
}
