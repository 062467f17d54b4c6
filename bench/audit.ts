// The log: what it costs to have entries durable and in a signed tree, to verify them, and to take them away.
import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import { verifyBundle } from '../src/audit/proof/verify-bundle.ts';
import { writeBundle } from '../src/audit/proof/write-bundle.ts';
import type { WorkspaceId } from '../src/domain/ids.ts';
import { aWorkspace } from '../test/store/rows.ts';
import { type BenchLog, flushSize, openBenchLog, someFlushes } from './audit/log.ts';
import { atLeast, atMost, type Bench } from './claim.ts';
import { median } from './median.ts';

/** Entries of one sample, and samples. What is compared takes turns, so that a busy machine is busy for both. */
const entries = 8_192;
const samples = 5;
/** One commit an entry is slow: fewer do. */
const singles = 512;
/** Rows that a journal would be read by. */
const journalRows = 128;

export const audit: Bench = async () => {
  await using log = await openBenchLog();
  await log.owner.query(`
    CREATE TABLE bare (entry text NOT NULL); CREATE TABLE single (entry text NOT NULL);
    CREATE TABLE journal (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entries text NOT NULL)`);
  const workspaceId = await aWorkspace(log.database);
  const taken: Record<string, number[]> = {
    appended: [],
    sequenced: [],
    bare: [],
    single: [],
    journalled: [],
    journal: [],
  };
  for (let sample = 0; sample < samples; sample++) {
    const { appended, sequenced } = await timeSequenced(log, workspaceId);
    const { journalled, journal } = await timeJournal(log, workspaceId);
    const times = {
      appended,
      sequenced,
      journalled,
      journal,
      bare: await timeBare(log),
      single: await timeSingle(log),
    };
    for (const [name, perEntry] of Object.entries(times)) taken[name]?.push(perEntry);
  }
  const perSecond = (name: string) => 1_000 / median(taken[name] ?? []);
  const ratio = (one: string, other: string) =>
    median((taken[other] ?? []).map((time, at) => time / (taken[one]?.[at] ?? Number.NaN)));
  for (const name of Object.keys(taken)) console.log(`${name}: ${Math.round(perSecond(name))} entries a second`);
  const verified = await verifyRatio(log, workspaceId);
  const exported = await exportRatio(log, workspaceId);
  return [
    atLeast(
      'sequenced, durable entries against a bare batched insert of the same bytes',
      ratio('sequenced', 'bare'),
      '×',
      0.5,
    ),
    atLeast('sequenced, durable entries against one commit an entry', ratio('sequenced', 'single'), '×', 10),
    atLeast("what a call waits for: a journal's row against rows of the log", ratio('journalled', 'appended'), '×', 1),
    atLeast('until the place is signed: a journal against rows of the log', ratio('journal', 'sequenced'), '×', 1),
    atLeast('verification against bare SHA-256 of the entries, by processor time', verified, '×', 0.5),
    atLeast('a bundle against COPY TO of the entries', exported.ratio, '×', 0.3),
    atMost('memory that grows while a bundle is written', exported.grownMiB, 'MiB', 200),
  ];
};

/** As it is: a flush is a statement with a row for each entry, and the sequencer works beside it. Milliseconds an entry. */
async function timeSequenced(log: BenchLog, workspaceId: WorkspaceId) {
  const flushes = someFlushes(workspaceId, entries);
  const start = performance.now();
  let sequencing = Promise.resolve();
  for (const [at, flush] of flushes.entries()) {
    await log.append(flush);
    if (at % 64 === 63) sequencing = sequencing.then(log.sequence);
  }
  const appended = performance.now() - start;
  await sequencing;
  await log.sequence();
  return { appended: appended / entries, sequenced: (performance.now() - start) / entries };
}

/** As it could be: a flush is one row of a journal, and the sequencer fills the log from it in bulk. */
async function timeJournal(log: BenchLog, workspaceId: WorkspaceId) {
  const flushes = someFlushes(workspaceId, entries);
  const start = performance.now();
  for (const flush of flushes) {
    const text = flush.map(({ entry }) => entry).join('\n');
    await log.owner.query({ name: 'journal', text: 'INSERT INTO journal (entries) VALUES ($1)', values: [text] });
  }
  const journalled = performance.now() - start;
  for (let at = 0; at < flushes.length; at += journalRows) {
    const { rows } = await log.owner.query(`SELECT number, entries FROM journal ORDER BY number LIMIT ${journalRows}`);
    await log.append(flushes.slice(at, at + journalRows).flat());
    await log.sequence();
    await log.owner.query('DELETE FROM journal WHERE number <= $1', [rows.at(-1)?.number]);
  }
  return { journalled: journalled / entries, journal: (performance.now() - start) / entries };
}

async function timeBare({ owner }: BenchLog): Promise<number> {
  const flushes = someFlushes('wsp_bench' as WorkspaceId, entries);
  const text = `INSERT INTO bare SELECT unnest(string_to_array($1, E'\\x1e'))`;
  const start = performance.now();
  for (const flush of flushes) {
    await owner.query({ name: 'bare', text, values: [flush.map(({ entry }) => entry).join('\x1e')] });
  }
  return (performance.now() - start) / entries;
}

async function timeSingle({ owner }: BenchLog): Promise<number> {
  const rows = someFlushes('wsp_bench' as WorkspaceId, singles).flat();
  const start = performance.now();
  for (const { entry } of rows)
    await owner.query({ name: 'single', text: 'INSERT INTO single VALUES ($1)', values: [entry] });
  return (performance.now() - start) / singles;
}

async function verifyRatio(log: BenchLog, workspaceId: WorkspaceId): Promise<number> {
  const { archive, signers } = await log.archive(workspaceId);
  const size = (await archive.newest())?.size ?? 0;
  const pieces: Buffer[] = [];
  for await (const lines of writeBundle(archive, { size, from: 0, signers })) pieces.push(Buffer.from(lines));
  const bodies: Buffer[] = [];
  for await (const some of archive.entries(0, size))
    for (const { entry } of some) bodies.push(Buffer.from(entry ?? ''));
  async function* bundle() {
    yield* pieces;
  }
  const ratios: number[] = [];
  for (let sample = 0; sample < samples + 2; sample++) {
    const bare = await processorTime(async () => {
      for (const body of bodies) createHash('sha256').update(body).digest();
    });
    const verified = await processorTime(async () => {
      const { holds, problems } = await verifyBundle(bundle(), { key: null, against: null });
      if (!holds) throw new Error(problems.join('\n'));
    });
    if (sample >= 2) ratios.push(bare / verified);
  }
  return median(ratios);
}

async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function exportRatio(log: BenchLog, workspaceId: WorkspaceId) {
  const { archive, signers } = await log.archive(workspaceId);
  const size = (await archive.newest())?.size ?? 0;
  const ratios: number[] = [];
  let grown = 0;
  for (let sample = 0; sample < 3; sample++) {
    const copied = await timeCopy(log);
    const before = process.memoryUsage().rss;
    const writing = performance.now();
    for await (const lines of writeBundle(archive, { size, from: 0, signers })) {
      if (lines.length > 0) grown = Math.max(grown, process.memoryUsage().rss - before);
    }
    ratios.push((copied * size) / (performance.now() - writing));
  }
  console.log(`${size} entries, flushes of ${flushSize}`);
  return { ratio: median(ratios), grownMiB: grown / 1024 / 1024 };
}

/** Copies the entries of the bare inserts out. Milliseconds an entry. */
async function timeCopy({ owner }: BenchLog): Promise<number> {
  const client = await owner.connect();
  const start = performance.now();
  let bytes = 0;
  for await (const chunk of client.query(copyTo('COPY bare TO STDOUT'))) bytes += (chunk as Buffer).length;
  client.release();
  if (bytes < samples * entries * 100) throw new Error('nothing was copied');
  return (performance.now() - start) / (samples * entries);
}
