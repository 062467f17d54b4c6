import type { RecordedEvent } from '../domain/event.ts';
import type { PrincipalId, SinkId } from '../domain/ids.ts';
import type { DeadLetter, SinkKind, SinkOwner, SinkState, SinkSummary } from '../domain/sink.ts';
import type { SinkRecord } from './record.ts';

/** A sealed secret, and the key that it is under. */
export interface SealedSecret {
  readonly sealed: string;
  readonly kid: string;
}

/** Where a sealed secret belongs. It opens nowhere else. */
export interface SinkSecretPlace {
  readonly owner: SinkOwner;
  readonly sinkId: SinkId;
  /** Counts the changes of the sink. */
  readonly generation: number;
}

/** The data of a sink that its receiver is opened with. */
export interface SinkPlace {
  readonly id: SinkId;
  readonly owner: SinkOwner;
  readonly kind: SinkKind;
  readonly name: string;
  readonly origin: SinkSummary['origin'];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly generation: number;
  readonly secret: SealedSecret | null;
}

/** A sink that this process alone delivers to, until its lease ends. */
export interface ClaimedSink extends SinkPlace {
  readonly lease: string;
  readonly state: SinkState;
  readonly cursor: number;
  /** Index of an entry that may have arrived although it was not acknowledged. */
  readonly doubtful: number | null;
  readonly failures: number;
  readonly refusals: number;
}

/** Why an attempt failed. The receiver's own words are not repeated. */
export interface SinkTrouble {
  /** A code of ours: `status_503`, `unreachable`, `database_trashed`. */
  readonly problem: string;
  /** The receiver said when to come back. */
  readonly waitSeconds: number;
  /** It will not pass by itself. */
  readonly needsPerson: boolean;
}

/** How an attempt with some records ended: so many from the first on were taken, and then perhaps something was wrong. */
export interface SinkDelivery {
  readonly taken: number;
  readonly end:
    | null
    | { readonly kind: 'trouble'; readonly trouble: SinkTrouble }
    /** The receiver refuses the next entry because of its content: the first one, if several were sent at once. */
    | { readonly kind: 'refused'; readonly problem: string };
}

/** What is known at the time of sending. */
export interface Attempt {
  /** An earlier attempt with the first record may have arrived. */
  readonly isDoubtful: boolean;
  readonly signal: AbortSignal;
}

/** The other end of a sink, opened for a while. `deliver` answers in time, and throws only for a defect of ours. */
export interface Receiver {
  /** How many records it takes at once. */
  readonly batchMax: number;
  /** The longest that an attempt may take, if not the usual: less than a lease. */
  readonly attemptMsMax?: number;
  /** It recognises no repetition: what may have arrived is looked for before it is sent again. */
  readonly looksBeforeRepeating: boolean;
  wants(record: SinkRecord): boolean;
  deliver(records: readonly SinkRecord[], attempt: Attempt): Promise<SinkDelivery>;
  close(): Promise<void>;
}

/** Opens the other end. Throws `SinkTroubleError` if that is not possible. */
export type OpenReceiver = (sink: SinkPlace) => Promise<Receiver>;

/** Trouble before anything was sent. */
export class SinkTroubleError extends Error {
  readonly trouble: SinkTrouble;

  constructor(trouble: SinkTrouble) {
    super(`A sink cannot be opened: ${trouble.problem}.`);
    this.name = 'SinkTroubleError';
    this.trouble = trouble;
  }
}

/** The log as sinks read it: entries with a place, in its order. */
export interface SinkLog {
  /** From index `from` on, at most `limit`. */
  read(owner: SinkOwner, from: number, limit: number): Promise<readonly SinkRecord[]>;
}

/** What delivering needs of the store, across workspaces. Each change but `claim` holds only for the lease. */
export interface SinkQueue {
  /**
   * Sinks of these kinds that have something to do at that time, at most `limit`: those that are well come first. A claim
   * holds until `leaseUntil`, or until it is released.
   */
  claim(given: {
    readonly kinds: readonly SinkKind[];
    readonly at: Date;
    readonly leaseUntil: Date;
    readonly limit: number;
  }): Promise<readonly ClaimedSink[]>;
  /** A number that grows with every entry that gets a place in any log. */
  logsAt(): Promise<number>;
  /** Everything before `cursor` is acknowledged. False: the lease is lost, or the sink is. */
  acknowledge(sink: ClaimedSink, progress: SinkProgress): Promise<boolean>;
  /** Notes that an attempt failed, and the time of the next one; with the log entry for it, if there is one. */
  fail(sink: ClaimedSink, trouble: SinkTrouble, nextAt: Date, entry: RecordedEvent | null): Promise<boolean>;
  /** Puts an entry aside and goes on behind it. Without an event where that would have no end. */
  putAside(sink: ClaimedSink, letter: DeadLetter, entry: RecordedEvent | null): Promise<boolean>;
  /** Dead letters that an admin wants to be tried again. */
  wanted(sink: ClaimedSink, limit: number): Promise<readonly DeadLetter[]>;
  /** It was taken after all; or, with a problem, refused again. */
  settleLetter(sink: ClaimedSink, index: number, problem: string | null): Promise<void>;
  release(sink: ClaimedSink): Promise<void>;
}

/** How far a receiver has come. */
export interface SinkProgress {
  readonly cursor: number;
  /** Index of the next entry, for receivers that look before they repeat. */
  readonly doubtful: number | null;
  readonly at: Date;
  readonly leaseUntil: Date;
  /** False if nothing was sent: entries that the receiver does not want were skipped. */
  readonly wasSent: boolean;
}

/** What admins make or change. */
export interface NewSink extends Omit<SinkPlace, 'generation' | 'origin'> {
  readonly createdBy: PrincipalId | null;
  readonly from: 'now' | 'beginning';
}

/** What administering sinks needs of the store. Each change is one commit with its entry of the log. */
export interface SinkStore {
  list(owner: SinkOwner): Promise<SinkSummary[]>;
  find(owner: SinkOwner, id: SinkId): Promise<SinkPlace | null>;
  /** Null when the owner has as many as it may. */
  add(sink: NewSink, most: number, at: Date, entry: RecordedEvent): Promise<SinkSummary | null>;
  change(place: SinkPlace, change: SinkChange, at: Date, entry: RecordedEvent): Promise<SinkSummary | null>;
  /** False: there is no such sink that the API may remove. */
  remove(owner: SinkOwner, id: SinkId, entry: RecordedEvent): Promise<boolean>;
  /** Oldest first. Null: there is no such sink. */
  deadLetters(owner: SinkOwner, id: SinkId, limit: number): Promise<DeadLetter[] | null>;
  /** Has dead letters tried again: one, or all. Returns how many; null: there is no such sink. */
  want(
    owner: SinkOwner,
    id: SinkId,
    index: number | null,
    at: Date,
    entry: (count: number) => RecordedEvent,
  ): Promise<number | null>;
}

/** Fields that are not named stay as they are. */
export interface SinkChange {
  readonly name?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secret?: SealedSecret;
  readonly move?: 'paused' | 'resumed';
}

/** The first index that is not among those of some records. */
export function behind(records: readonly SinkRecord[], otherwise: number): number {
  const last = records.at(-1);
  return last === undefined ? otherwise : last.index + 1;
}
