import { Readable } from 'node:stream';
import type { CallOutcome, DecidedCall } from '../domain/decided-call.ts';
import type { KeyedDigest } from '../domain/digest.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { Now } from '../domain/units.ts';
import { whenClosed } from '../domain/when-closed.ts';
import type { AnonymousDenials } from './anonymous-denials.ts';
import type { DenialFlood } from './denial-flood.ts';
import { decisionRow, type EntryMarks, eventRow, type OutcomeEntry, outcomeRow, streamClosedRow } from './entry.ts';
import { failureCode } from './failure-code.ts';
import type { GroupCommit } from './group-commit.ts';
import type { LateEntries } from './late-entries.ts';

/** The log as the path uses it. In strict mode, which is the default: no entry, no passage. */
export interface AuditTrail {
  /** Makes a decision durable. `stale`: the policy or the credential changed since, so decide again (rule 10). */
  intend(decided: DecidedCall): Promise<'recorded' | 'stale'>;
  /** Makes an outcome durable. Throws when it cannot; then the answer must not be released. */
  conclude(decided: DecidedCall, outcome: CallOutcome): Promise<void>;
  /** Makes something durable that did not come through the gateway: a sign-in, a connection that died. */
  recordEvent: RecordEvent;
}

export function createAuditTrail(parts: {
  commits: GroupCommit;
  anonymousDenials: AnonymousDenials;
  flood: DenialFlood;
  /** Whether this instance still holds its lease; without it no intent of ours is accepted. */
  leaseHolds: () => boolean;
  /** Whether the disk of the log has room for more than the ends of running calls. */
  hasRoom: () => boolean;
  /** Where entries go that cannot be made durable; null: there is no passage without one. */
  late: LateEntries | null;
  /** Whether what a call was decided on still holds (rule 10). Asked where the log could not say. */
  stillCurrent: (decided: DecidedCall) => Promise<boolean>;
  digest: KeyedDigest;
  now: Now;
}): AuditTrail {
  const { commits, anonymousDenials, flood, leaseHolds, hasRoom, late, stillCurrent, digest, now } = parts;
  const marks: EntryMarks = late === null ? {} : { auditMode: late.mode };

  return {
    async intend(decided) {
      if (decided.caller.principal.kind === 'anonymous') {
        await anonymousDenials.record(decided, decided.caller.principal.why);
        return 'recorded';
      }
      const denied = decided.decision.effect === 'deny';
      if (denied && flood.isFull(decided)) return countDenial(decided);
      const row = decisionRow(decided, requestDigest(decided, digest), marks);
      try {
        if (!hasRoom()) throw new PortcullisError('audit_unavailable', undefined, { log: 'the disk is nearly full' });
        if (await commits.append(row)) {
          if (denied) flood.wrote(decided);
          return 'recorded';
        }
        if (!leaseHolds()) throw new PortcullisError('audit_unavailable', undefined, { log: 'the lease is lost' });
        return 'stale';
      } catch (error) {
        if (late?.mayPass(decided)) return intendLate(late, decided, error);
        // The commit may have happened although its answer was lost. If it did, the log will say that nothing was sent.
        if (row.kind === 'intent') commits.owe(outcomeRow(decided, notSent, now()));
        throw error;
      }
    },

    async conclude(decided, outcome) {
      const released = await recordOutcome(decided, outcome);
      const stream = streamIn(outcome);
      // The stream has no reader, and it holds a connection.
      if (!released) stream?.destroy();
      if (stream !== null) followStream(decided, stream);
      if (!released) throw unrecorded(decided);
    },

    async recordEvent(event) {
      await commits.append(eventRow(event, now()));
    },
  };

  /** One of many of its kind: no entry of its own, but rule 10 holds for it as for the others. */
  async function countDenial(decided: DecidedCall): Promise<'recorded' | 'stale'> {
    if (decided.decision.because !== 'policy_changed' && !(await stillCurrent(decided))) return 'stale';
    flood.count(decided);
    return 'recorded';
  }

  /** Lets a call pass although its entry is not in the log yet, if the facts of its decision still hold. */
  async function intendLate(late: LateEntries, decided: DecidedCall, cause: unknown): Promise<'recorded' | 'stale'> {
    const current = await stillCurrent(decided).catch(() => {
      throw cause;
    });
    if (!current) return 'stale';
    await late.keep(decisionRow(decided, requestDigest(decided, digest), { ...marks, unrecorded: true }));
    return 'recorded';
  }

  /** Makes an outcome durable, now or as soon as that can be done. Answers whether the answer may be released. */
  async function recordOutcome(decided: DecidedCall, outcome: CallOutcome): Promise<boolean> {
    const ending = endingOf(decided, outcome);
    if (late?.has(decided.id)) {
      const kept = late.keep(outcomeRow(decided, ending, now(), { ...marks, unrecorded: true }));
      return kept.then(
        () => true,
        () => false,
      );
    }
    const row = outcomeRow(decided, ending, now(), marks);
    const failed = () => (late?.mayPass(decided) ? 'owed' : false);
    const recorded = await commits.append(row).catch(failed);
    if (recorded !== true) commits.owe(row);
    return recorded !== false;
  }

  /** A streamed answer has a second entry when it ends, because a cut connection is an outcome too. */
  function followStream(decided: DecidedCall, body: Readable): void {
    whenClosed(body, () => {
      const complete = body.errored === null && body.readableEnded;
      const { call, facts } = decided;
      const closed = { intent: decided.id, workspaceId: facts.workspaceId, requestId: call.requestId };
      const row = streamClosedRow({ ...closed, complete, because: endOf(body) }, now());
      if (late?.has(decided.id)) late.keep(row).catch(() => {});
      else commits.append(row).catch(() => commits.owe(row));
    });
  }
}

function streamIn(outcome: CallOutcome): Readable | null {
  const body = outcome.kind === 'answered' ? outcome.released.answer.body : null;
  return body instanceof Readable ? body : null;
}

/** What ended a stream before its end, where that was us. */
function endOf({ errored }: Readable): string | null {
  return errored instanceof PortcullisError ? errored.code : null;
}

const notSent: OutcomeEntry = {
  result: 'not_sent',
  status: null,
  upstreamRequestId: null,
  withheld: 0,
  upstreamMs: null,
  requestDigest: null,
  error: 'audit_unavailable',
};

/** The body itself is not logged; a keyed digest proves later which body it was (rule 22). */
function requestDigest({ call }: DecidedCall, digest: KeyedDigest): string | null {
  const { target } = call.operation;
  return target?.kind === 'notion' && Buffer.isBuffer(target.body) ? digest(target.body) : null;
}

function endingOf(decided: DecidedCall, outcome: CallOutcome): OutcomeEntry {
  if (outcome.kind === 'failed') return endingOfFailure(decided, outcome.error);
  if (outcome.kind === 'reconsidered') {
    // Of a write the fate is known, and its answer is not released.
    const result = decided.call.operation.effect === 'write' ? 'done' : 'failed';
    return { ...notSent, result, status: outcome.status, withheld: 1, error: 'object_moved' };
  }
  const { answer, withheld, upstreamRequestId } = outcome.released;
  return {
    ...notSent,
    result: answer.body === null || Buffer.isBuffer(answer.body) ? 'done' : 'streaming',
    status: answer.status,
    upstreamRequestId: upstreamRequestId ?? answer.headers['x-notion-request-id'] ?? null,
    withheld,
    upstreamMs: answer.upstreamMs ?? null,
    requestDigest: answer.requestDigest ?? null,
    error: null,
  };
}

function endingOfFailure(decided: DecidedCall, error: unknown): OutcomeEntry {
  if (!(error instanceof PortcullisError)) return { ...notSent, result: fateOfSurprise(decided), error: 'internal' };
  const result = error.details.fate ?? (error.code === 'upstream_refused' ? 'refused' : 'failed');
  return { ...notSent, result, status: error.status, error: failureCode(error) };
}

/** An error of ours in the middle of a write: it is unknown whether the write happened. */
function fateOfSurprise(decided: DecidedCall): 'failed' | 'unknown' {
  return decided.call.operation.effect === 'write' ? 'unknown' : 'failed';
}

function unrecorded(decided: DecidedCall): PortcullisError {
  const write = decided.call.operation.effect === 'write';
  return new PortcullisError(write ? 'outcome_unrecorded' : 'audit_unavailable', undefined, {
    log: 'an outcome could not be made durable; its answer was withheld',
  });
}
