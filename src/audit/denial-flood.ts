import type { DecidedCall } from '../domain/decided-call.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { principalIdOf } from '../domain/principal.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import { eventRow } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';

/**
 * Denials of callers who are known, when they come in floods. The first few of a kind in a minute are entries, the rest is
 * counted, and the count is an entry when the minute ends: a program that asks for ever what it may not fills no disk, and
 * nothing that it asked is left out.
 */
export interface DenialFlood {
  /** Whether a denial is only to be counted: enough of its kind, or of its principal, are entries of this minute. */
  isFull(decided: DecidedCall): boolean;
  /** It is an entry. */
  wrote(decided: DecidedCall): void;
  /** It is no entry. */
  count(decided: DecidedCall): void;
  /** Writes what was counted in minutes that are over; with `all`, in this one too. */
  flush(options?: { all?: boolean }): Promise<void>;
}

/** Identical denials that are entries, in a minute. */
const entriesOfKind = 5;
/**
 * Denials of one principal that get entries of their own, in a minute. Further ones are distinguished by operation and
 * reason only.
 */
const entriesOfPrincipal = 600;

interface Tally {
  readonly decided: DecidedCall;
  readonly minute: number;
  written: number;
  more: number;
}

export function createDenialFlood({ commits, now }: { commits: Pick<GroupCommit, 'append'>; now: Now }): DenialFlood {
  /** By minute and kind. */
  const kinds = new Map<string, Tally>();
  /** By minute and principal. */
  const principals = new Map<string, Tally>();

  function tallyOf(tallies: Map<string, Tally>, decided: DecidedCall, kind: string): Tally {
    const minute = Math.floor(now().getTime() / minuteMs);
    const key = `${minute} ${kind}`;
    const known = tallies.get(key);
    if (known !== undefined) return known;
    const tally = { decided, minute, written: 0, more: 0 };
    tallies.set(key, tally);
    return tally;
  }

  const ofPrincipal = (decided: DecidedCall) => tallyOf(principals, decided, String(principalIdOf(decided.caller)));
  const isMany = (decided: DecidedCall) => ofPrincipal(decided).written >= entriesOfPrincipal;
  const ofKind = (decided: DecidedCall) =>
    tallyOf(kinds, decided, isMany(decided) ? roughKindOf(decided) : kindOf(decided));

  return {
    isFull: decided => isMany(decided) || ofKind(decided).written >= entriesOfKind,
    wrote(decided) {
      ofKind(decided).written += 1;
      ofPrincipal(decided).written += 1;
    },
    count(decided) {
      ofKind(decided).more += 1;
    },
    async flush({ all = false } = {}) {
      const minute = Math.floor(now().getTime() / minuteMs);
      const over = <T>([, tally]: [T, Tally]) => all || tally.minute !== minute;
      for (const [key] of [...principals].filter(over)) principals.delete(key);
      const ended = [...kinds].filter(over);
      for (const [key] of ended) kinds.delete(key);
      await Promise.all(
        ended.flatMap(([key, tally]) => {
          if (tally.more === 0) return [];
          const row = eventRow(summaryOf(tally, key.includes(rough)), now(), 'summary');
          return [
            commits.append(row).catch(error => {
              // It is written with the next minute's, which has a key of its own.
              kinds.set(key, tally);
              throw error;
            }),
          ];
        }),
      );
    },
  };
}

/** What makes two denials identical: who asked, how and from where, for what, and why not. */
function kindOf({ call, caller, facts, decision }: DecidedCall): string {
  const objects = call.operation.demands.map(({ action, object }) => [action, object]);
  const who = [facts.workspaceId, principalIdOf(caller), caller.credential, call.clientAddress, call.door];
  return JSON.stringify([...who, call.operation.name, decision.because, objects]);
}

const rough = 'whatever it named: ';

function roughKindOf({ call, caller, facts, decision }: DecidedCall): string {
  return `${rough}${JSON.stringify([facts.workspaceId, principalIdOf(caller), call.operation.name, decision.because])}`;
}

function summaryOf({ decided, more }: Tally, isRough: boolean): RecordedEvent {
  const { call, caller, facts, decision } = decided;
  const [demand] = isRough ? [] : call.operation.demands;
  return {
    name: 'call.denied',
    workspaceId: facts.workspaceId,
    principalId: principalIdOf(caller),
    result: 'denied',
    clientAddress: isRough ? null : call.clientAddress,
    detail: {
      action: demand?.action ?? null,
      because: decision.because,
      count: more,
      credential: isRough ? null : caller.credential,
      door: isRough ? null : call.door,
      object: demand !== undefined && 'id' in demand.object ? demand.object.id : null,
      operation: call.operation.name,
    },
  };
}
