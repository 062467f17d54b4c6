import type { ConnectionId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import {
  type ConfirmConnect,
  type ConfirmedConnect,
  cancelConnect,
  confirmConnect,
  reviewConnect,
} from './confirm-connect.ts';
import type { Target } from './connect-attempts.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { ConsentKind } from './consent-flow.ts';
import { type Disconnect, disconnect } from './disconnect.ts';
import { type FinishConnect, finishConnect } from './finish-connect.ts';
import { type PasteNew, pasteNew } from './paste-new.ts';
import { type PasteToken, pasteToken } from './paste-token.ts';
import { type StartConnect, startConnect, stateHashOf } from './start-connect.ts';

export type ConnectCommands = ReturnType<typeof createConnectCommands>;

/** Every command about connections that a door can run. A command runs instead of `forward`, after the decision. */
export function createConnectCommands(parts: ConnectParts) {
  return {
    /**
     * The place in which a callback with this state would act, so that the call can be decided there. Null: there is
     * none.
     */
    targetOfState: async (kind: ConsentKind, state: unknown): Promise<Target | null> => {
      const stateHash = stateHashOf(state);
      return stateHash && parts.attempts.target(kind, stateHash);
    },
    targetOfConnection: (connectionId: ConnectionId) => parts.installations.targetOf(connectionId),
    start: (input: StartConnect, context: CommandContext) => startConnect(parts, input, context),
    finish: (input: FinishConnect, context: CommandContext) => finishConnect(parts, input, context),
    review: (input: ConfirmConnect, context: CommandContext) => reviewConnect(parts, input, context),
    confirm: (input: ConfirmedConnect, context: CommandContext) => confirmConnect(parts, input, context),
    cancel: (input: ConfirmConnect, context: CommandContext) => cancelConnect(parts, input, context),
    paste: (input: PasteToken, context: CommandContext) => pasteToken(parts, input, context),
    pasteNew: (input: PasteNew, context: CommandContext) => pasteNew(parts, input, context),
    disconnect: (input: Disconnect, context: CommandContext) => disconnect(parts, input, context),
  };
}
