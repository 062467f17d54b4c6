import type { RecordedEvent } from '../../domain/event.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { Lru } from '../../domain/lru.ts';
import type { Receiver, SinkDelivery, SinkPlace } from '../sink.ts';
import type { AlertRules } from './alert-rules.ts';
import { type AlertMemory, judge } from './judge.ts';

/** The name of the sink that watches a log. */
export const watcherName = 'alerts';

export interface AlertStore {
  rules(workspaceId: WorkspaceId): Promise<AlertRules>;
  setRules(workspaceId: WorkspaceId, rules: AlertRules, entry: RecordedEvent): Promise<void>;
  /**
   * Runs `work` on the entries from an index on that were not judged before; what it remembers and answers with is
   * durable together, once.
   */
  judgeOnce(
    workspaceId: WorkspaceId,
    upTo: number,
    work: (memory: AlertMemory, from: number) => Promise<readonly RecordedEvent[]>,
  ): Promise<void>;
}

const batchMax = 1_000;

/** Networks of keys that this process knows to be remembered: nearly every call comes from one of them. */
export type KnownNetworks = Pick<Lru<true>, 'get' | 'set'>;

/** Watches a workspace's log by its rules: a sink like all others, whose receiver is ourselves. */
export function openWatcher(store: AlertStore, known: KnownNetworks, { owner }: SinkPlace): Receiver {
  return {
    batchMax,
    looksBeforeRepeating: false,
    // An intent is judged with its outcome, and what tells of alerts raises none.
    wants: ({ kind, operation }) => owner !== null && kind !== 'intent' && operation !== 'alert.raised',
    async deliver(records): Promise<SinkDelivery> {
      const last = records.at(-1);
      if (owner === null || last === undefined) return { taken: records.length, end: null };
      const rules = await store.rules(owner);
      const learned: string[] = [];
      await store.judgeOnce(owner, last.index + 1, (memory, from) => {
        const news = records.filter(({ index }) => index >= from);
        return judge(news, owner, rules, { ...memory, learn: learnNew(memory, owner, known, learned) });
      });
      // Durable only now.
      for (const name of learned) known.set(name, true);
      return { taken: records.length, end: null };
    },
    close: async () => {},
  };
}

function learnNew(memory: AlertMemory, owner: WorkspaceId, known: KnownNetworks, learned: string[]) {
  const learn: AlertMemory['learn'] = async (rule, subject, value, at) => {
    const name = `${owner} ${rule} ${subject} ${value}`;
    if (known.get(name) === true) return { isNew: false, others: 0 };
    learned.push(name);
    return memory.learn(rule, subject, value, at);
  };
  return learn;
}
