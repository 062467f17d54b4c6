import type { RecordedEvent } from '../../domain/event.ts';
import { isId, type PrincipalId, type WorkspaceId } from '../../domain/ids.ts';
import { networkOf } from '../../domain/network-of.ts';
import { minuteMs } from '../../domain/units.ts';
import { type ReadRecord, readRecord, type SinkRecord } from '../record.ts';
import { type AlertRuleName, type AlertRules, isWithinHours } from './alert-rules.ts';

/** What is remembered between entries, in the transaction in which they are judged. Times are those of entries. */
export interface AlertMemory {
  /** Counts one more within a window that begins with the first; returns the count. */
  count(rule: AlertRuleName, subject: string, at: Date, windowMs: number, more?: number): Promise<number>;
  /** Remembers a value of a subject. `isNew`: it was not known; `others`: how many others are. */
  learn(rule: AlertRuleName, subject: string, value: string, at: Date): Promise<{ isNew: boolean; others: number }>;
  /** Remembers values of a subject for a while; returns how many different ones there are in it. */
  distinct(
    rule: AlertRuleName,
    subject: string,
    values: readonly string[],
    at: Date,
    windowMs: number,
  ): Promise<number>;
  /** Those of the pages that stand below a page. */
  below(page: string, pages: readonly string[]): Promise<readonly string[]>;
  /** True once for each subject within a while: then an alert is sent. */
  mayTell(rule: AlertRuleName, subject: string, at: Date, windowMs: number): Promise<boolean>;
}

interface Judged {
  readonly read: ReadRecord;
  readonly at: Date;
  readonly workspaceId: WorkspaceId;
  readonly rules: AlertRules;
  readonly memory: AlertMemory;
}

/** An alert: what the log says of it. */
type Alert = RecordedEvent | null;

/** Pages that were read in one batch, by who read them, and when the last of them was. */
type Reads = Map<string, { readonly pages: Set<string>; at: Date }>;

/** Judges entries by all rules, in their order. Returns the alerts that they raise. */
export async function judge(
  records: readonly SinkRecord[],
  workspaceId: WorkspaceId,
  rules: AlertRules,
  memory: AlertMemory,
): Promise<RecordedEvent[]> {
  const alerts: Alert[] = [];
  const reads: Reads = new Map();
  for (const record of records) {
    const read = readRecord(record);
    if (read.entry.principal?.kind === 'system') continue;
    const judged = { read, at: new Date(read.entry.time), workspaceId, rules, memory };
    alerts.push(await denials(judged), await newAddress(judged), policyChange(judged));
    noteReads(reads, judged);
  }
  for (const [subject, { pages, at }] of reads) {
    alerts.push(await massReads(subject, [...pages], { at, workspaceId, rules, memory }));
  }
  return alerts.filter(alert => alert !== null);
}

async function denials({ read, at, rules, memory, ...judged }: Judged): Promise<Alert> {
  const { on, count, minutes } = rules.denials;
  const subject = read.entry.principal?.id;
  const more = deniedBy(read);
  if (!on || more === 0 || subject == null) return null;
  const windowMs = minutes * minuteMs;
  const found = await memory.count('denials', subject, at, windowMs, more);
  if (found < count || !(await memory.mayTell('denials', subject, at, windowMs))) return null;
  return alert(judged.workspaceId, 'denials', subject, { count: found, minutes });
}

/** How many denials an entry tells of: what repeats within a minute is counted in a summary. */
function deniedBy({ entry: { kind, operation, detail } }: ReadRecord): number {
  if (kind === 'denial') return 1;
  return operation === 'call.denied' && typeof detail?.count === 'number' ? detail.count : 0;
}

async function newAddress({ read, at, rules, memory, workspaceId }: Judged): Promise<Alert> {
  const { credential, clientAddress, kind, principal } = read.entry;
  const isCall = kind === 'denial' || read.kind === 'call';
  if (!rules.newAddress.on || !isCall || !isId('key', credential) || clientAddress === null) return null;
  const network = networkOf(clientAddress);
  const { isNew, others } = await memory.learn('newAddress', credential, network, at);
  if (!isNew || others === 0) return null;
  return alert(workspaceId, 'newAddress', principal?.id ?? null, { key: credential, address: clientAddress });
}

/** Reads are counted once a batch: there are more of them than of everything else. */
function noteReads(reads: Reads, { read, at, rules }: Judged): void {
  const subject = read.entry.principal?.id;
  if (!rules.massReads.on || read.kind !== 'call' || subject == null) return;
  const ids = (read.entry.objects ?? []).flatMap(({ action, id }) => (action === 'read' && id !== null ? [id] : []));
  if (ids.length === 0) return;
  const of = reads.get(subject) ?? { pages: new Set<string>(), at };
  for (const id of ids) of.pages.add(id);
  reads.set(subject, { ...of, at });
}

async function massReads(
  subject: string,
  ids: readonly string[],
  { at, rules, memory, workspaceId }: Omit<Judged, 'read'>,
): Promise<Alert> {
  const { pages, minutes, under } = rules.massReads;
  const seen = under === null ? ids : await memory.below(under, ids);
  if (seen.length === 0) return null;
  const windowMs = minutes * minuteMs;
  const found = await memory.distinct('massReads', subject, seen, at, windowMs);
  if (found < pages || !(await memory.mayTell('massReads', subject, at, windowMs))) return null;
  return alert(workspaceId, 'massReads', subject, { pages: found, minutes, under });
}

function policyChange({ read: { entry }, at, rules, workspaceId }: Judged): Alert {
  const { policyOutsideHours: hours } = rules;
  if (!hours.on || !entry.operation.startsWith('policy.') || entry.kind !== 'event') return null;
  if (isWithinHours(at, hours)) return null;
  return alert(workspaceId, 'policyOutsideHours', entry.principal?.id ?? null, { entry: entry.id });
}

function alert(
  workspaceId: WorkspaceId,
  rule: AlertRuleName,
  about: string | null,
  more: RecordedEvent['detail'],
): RecordedEvent {
  const principalId: PrincipalId | null = isId('usr', about) || isId('agt', about) ? about : null;
  return { name: 'alert.raised', workspaceId, principalId, result: 'success', detail: { rule, about, ...more } };
}
