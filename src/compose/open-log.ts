import { dirname, join } from 'node:path';
import { compareWithKeptRoot, createKeptRootFile } from '../audit/sequence/kept-root.ts';
import { openLogKeys, type SeedOf } from '../audit/sequence/log-keys.ts';
import { createProvableLogs } from '../audit/sequence/provable-logs.ts';
import { type Sequencer, startSequencer } from '../audit/sequence/sequencer.ts';
import type { Sequencing } from '../audit/sequence/sequencing.ts';
import { createSettle } from '../audit/sequence/settle.ts';
import { createSettledReader } from '../audit/settled-reader.ts';
import { secondMs } from '../domain/units.ts';
import { openPool } from '../store/database.ts';
import { createSequencing } from '../store/sequencing.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import type { Foundation } from './foundation.ts';

/** Between two looks at whether the database is still the one that it was, and whether the sequencer keeps up. */
const lookEveryMs = 2 * secondMs;
/** If an entry has no place in the log after this long, that is a defect that people must know. */
const lateMs = 10 * secondMs;

/** Where private keys of the log come from. */
export function logSeeds(deriveKey: DeriveKey): SeedOf {
  return number => deriveKey(`signing key ${number} of the log`, 32);
}

/** Runs work from time to time, never twice at once, and once more at the end. */
function nowAndThen(
  closers: Foundation['closers'],
  work: () => Promise<void>,
  onTrouble: (error: unknown) => void,
): void {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onTrouble)
      .finally(() => {
        running = null;
      });
  }, lookEveryMs);
  timer.unref();
  closers.push(async () => {
    clearInterval(timer);
    await running;
    await work().catch(onTrouble);
  });
}

/** Keeps the newest checkpoint of the root log outside the database, and compares (rule 20). */
export function keepRoot({ config, stores, closers }: Foundation, onTrouble: (error: unknown) => void) {
  const kept = createKeptRootFile(join(dirname(config.highWaterFile), 'log-checkpoint'));
  const compare = () => compareWithKeptRoot(stores.rootMarks, kept);
  nowAndThen(closers, compare, onTrouble);
  return compare;
}

/** What gives entries their places, and what reads the logs that come of it. */
export function openLog(
  place: Foundation,
  {
    restored,
    compare,
    onTrouble,
  }: { restored: () => boolean; compare: () => Promise<void>; onTrouble: (error: unknown) => void },
) {
  const { store, stores, closers, publicUrl, background } = place;
  const pool = openPool(store.database.logins.system, { poolSize: 2, statementMsMax: 30 * secondMs });
  closers.push(() => pool.end());
  const sequencing: Sequencing = createSequencing(pool);
  const keys = { seedOf: logSeeds(place.deriveKey), nameIfNew: `${new URL(publicUrl).host}/log` };
  const sequencer: Sequencer = startSequencer({
    ...keys,
    sequencing,
    mayNotSign: restored,
    beforeFirst: compare,
    onTrouble,
    background,
  });
  closers.push(sequencer.close);
  const settle = createSettle({ sequencing, hurry: sequencer.run });
  let late = false;
  const look = async () => {
    late = await sequencing.isLate(lateMs);
  };
  nowAndThen(closers, look, onTrouble);
  return {
    sequencer,
    /** As of the last look: readiness has other checks for a database that does not answer. */
    isOnTime: () => restored() || !late,
    reader: createSettledReader(stores.auditReader, settle),
    logs: createProvableLogs({
      settle,
      signers: () => openLogKeys(sequencing, keys),
      archiveOf: stores.logArchive,
    }),
  };
}
