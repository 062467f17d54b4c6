import { join } from 'node:path';
import { createAnonymousDenials } from '../audit/anonymous-denials.ts';
import { createCountedEvents } from '../audit/counted-events.ts';
import { createDenialFlood } from '../audit/denial-flood.ts';
import { watchDiskReserve } from '../audit/disk-reserve.ts';
import { openEntryFile } from '../audit/entry-file.ts';
import { createGroupCommit } from '../audit/group-commit.ts';
import { holdInstanceLease } from '../audit/instance-lease.ts';
import { createKeyedDigest } from '../audit/keyed-digest.ts';
import { openLateEntries } from '../audit/late-entries.ts';
import { startSweeper } from '../audit/sweeper.ts';
import { createAuditTrail } from '../audit/trail.ts';
import { secondMs } from '../domain/units.ts';
import { createAuditLog } from '../store/audit-log.ts';
import type { Foundation } from './foundation.ts';
import { measureLog } from './measured.ts';
import { keepRoot, openLog } from './open-log.ts';
import { openRestoreWatch } from './restore.ts';
import { followRootKeys } from './root-keys.ts';

/** The log, the lease of this instance, and what watches over both. */
export async function openAudit(place: Foundation) {
  const { config, log, store, stores, prometheus, root, deriveKey, now, monotonicMs, closers } = place;
  const onTrouble = (error: unknown) => log.warn({ err: error }, 'the audit log is in trouble; trying again');
  const { instances } = stores;
  // All processes that used this database before have ended, and so have their leases.
  if (store.alone) await instances.releaseAll();
  const lease = await holdInstanceLease(instances, { monotonicMs, onTrouble });
  const follower = followRootKeys(root, {
    instance: lease.id,
    onTrouble: error => log.warn({ err: error }, 'the root keys could not be looked at; trying again'),
  });
  closers.push(follower.close);
  const auditLog = measureLog(createAuditLog(store.auditPool), prometheus.metrics, monotonicMs);
  const durable = place.onAudit === undefined ? {} : { onDurable: place.onAudit };
  const commits = createGroupCommit(auditLog, { instance: lease.id, ...durable });
  const reserve = await watchDiskReserve(store.alone ? config.dataDir : null, onTrouble);
  const counted = createCountedEvents({ commits, reserveReached: reserve.reached, now });
  const anonymousDenials = createAnonymousDenials(counted);
  const flood = createDenialFlood({ commits, now });
  // A minute that is over is written also when nothing follows it.
  const summaries = setInterval(
    () => void Promise.all([counted.flushEnded(), flood.flush()]).catch(onTrouble),
    5 * secondMs,
  ).unref();
  const digest = createKeyedDigest(deriveKey('audit digests'));
  const late = await openLate(place, {
    append: rows => auditLog.append(lease.id(), rows),
    leaseHolds: lease.holds,
    hasRoom: reserve.hasRoom,
    onTrouble,
  });
  const trail = createAuditTrail({
    commits,
    anonymousDenials,
    flood,
    leaseHolds: lease.holds,
    hasRoom: reserve.hasRoom,
    late,
    stillCurrent: stores.stillCurrent,
    digest: digest.whole,
    now,
  });
  const sweeper = startSweeper({ open: instances, log: auditLog, self: lease.id, now, onTrouble });
  closers.push(lease.close, sweeper.close, async () => {
    clearInterval(summaries);
    await counted.flush();
    await flood.flush({ all: true });
    await commits.close();
    await late?.close();
    reserve.close();
  });
  const compare = keepRoot(place, onTrouble);
  await compare();
  const watch = await openRestoreWatch(config, stores.custodyMarks, {
    recordEvent: trail.recordEvent,
    warn: message => log.warn(message),
    onTrouble,
  });
  closers.push(watch.close);
  const proved = openLog(place, { restored: watch.restored, compare, onTrouble });
  const logged = stores.logged({ instance: lease.id, now, ...durable });
  const { restored } = watch;
  return { trail, countEvent: counted.count, digest, leaseHolds: lease.holds, logged, restored, proved };
}

/** Where entries wait in a mode that lets calls pass without them; null in strict mode. */
async function openLate(
  { config, log, now }: Foundation,
  parts: Omit<Parameters<typeof openLateEntries>[0], 'mode' | 'file' | 'now'>,
) {
  const { auditMode: mode } = config;
  if (mode === 'strict') return null;
  log.warn({ mode }, 'calls may pass that are not in the audit log: PORTCULLIS_AUDIT_MODE is not strict');
  return openLateEntries({ ...parts, mode, file: openEntryFile(join(config.dataDir, 'late-entries.jsonl')), now });
}

export type Audit = Awaited<ReturnType<typeof openAudit>>;
