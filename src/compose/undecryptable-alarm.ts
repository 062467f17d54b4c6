import type { RecordEvent } from '../domain/event.ts';
import { isId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import type { Metrics } from '../domain/metrics.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { OnUndecryptable } from '../vault/undecryptable.ts';

/** Values that are remembered to have been reported: some are tried every half minute. */
const reportedMax = 1_000;

/**
 * The alarm about sealed values that do not open. Each is counted every time; the first one in the life of this process
 * is also an error in the program's log and an entry in the audit log. A connection's state and its tokens are reported
 * where its status changes.
 */
export function createUndecryptableAlarm(parts: {
  log: Pick<ProgramLog, 'error'>;
  metrics: Pick<Metrics, 'decryptFailed'>;
  recordEvent: RecordEvent;
}): { readonly ofTokens: OnUndecryptable; readonly ofOthers: OnUndecryptable } {
  const { log, metrics, recordEvent } = parts;
  const reported = new Lru<true>(reportedMax);

  const ofTokens: OnUndecryptable = ({ kid, binding, reason }) => {
    const name = `${kid} ${JSON.stringify(binding)}`;
    if (reported.get(name) === true) return;
    reported.set(name, true);
    log.error({ kid, binding }, `undecryptable: ${reason}`);
    const workspaceId = isId('wsp', binding.workspace) ? binding.workspace : null;
    const detail = { ...binding, kid };
    recordEvent({ name: 'custody.undecryptable', workspaceId, principalId: null, result: 'error', detail }).catch(
      error => {
        reported.delete(name);
        log.error({ err: error }, 'that a value does not open could not be logged; trying again the next time');
      },
    );
  };
  return {
    ofTokens,
    ofOthers(found) {
      metrics.decryptFailed(found.kid);
      ofTokens(found);
    },
  };
}
