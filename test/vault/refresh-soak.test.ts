import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Fault } from '../../emulator/control/faults.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { failPoints } from '../../src/vault/refresh/refresh-parts.ts';
import { everyFile, everyRow, findSecrets } from './canary.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';
import { rotating } from './rotation-modes.ts';
import { seeded } from './seeded.ts';
import { SoakProcess } from './soak-process.ts';
import { openWire, type Wire } from './wire.ts';

const stepMinutes = 120;
const steps = (10 * 24 * 60) / stepMinutes;
/** Of hosted MCP tokens: two steps. REST tokens say no end, and are ended now and then. */
const lifeMs = 2 * stepMinutes * minuteMs;

const troubles: readonly Omit<Fault, 'path'>[] = [
  { kind: 'respond', status: 503 },
  { kind: 'respond', status: 503, when: 'after' },
  { kind: 'respond', status: 429, retryAfterSeconds: 30 },
  { kind: 'reset' },
  { kind: 'reset', when: 'after' },
  { kind: 'truncate' },
  { kind: 'delay', delayMs: 40 },
];

describe('refreshing, for ten days, in two processes that die now and then', () => {
  const random = seeded(20_261_122);
  const connections: Connected[] = [];
  const removed = new Set<Connected>();
  /** How often each REST token was made to end at Notion. */
  const expiries = new Map<Connected, number>();
  let at: Refreshing;
  let wire: Wire;
  let processes: SoakProcess[];
  let nowMs = Date.now();
  let mortal = true;
  let answered = 0;

  before(async () => {
    at = await startRefreshing({ waitMs: 300 }, { simulated: true });
    wire = await openWire(at.emulator.url);
    // Where a lost answer ends the grant, nothing can be promised: `refresh-in-flight.test.ts` has those modes.
    await at.control.settings({ ...rotating('previous_once'), mcpAccessSeconds: lifeMs / 1_000 });
    for (const { id: personId } of at.emulator.people.slice(0, 2)) {
      const given = { personId, origin: wire.url };
      connections.push(await at.aConnection({ ...given, kind: 'rest' }));
      connections.push(await at.aConnection({ ...given, kind: 'mcp', lifetimeSeconds: lifeMs / 1_000 }));
    }
    processes = [0, 1].map(
      number =>
        new SoakProcess(life => ({
          address: { ...at.address, notionUrl: wire.url, dataDir: `${at.directory}/data-${number}` },
          seed: 1_000 * number + life,
          dieAt: mortal ? (failPoints[(life + 3 * number) % failPoints.length] ?? null) : null,
          nowMs,
        })),
    );
  });
  after(async () => {
    for (const process of processes ?? []) await process.end();
    await wire?.close();
    await at?.close();
  });

  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const living = () => connections.filter(one => !removed.has(one));

  async function advance(minutes: number): Promise<void> {
    nowMs += minutes * minuteMs;
    await at.control.setClock({ freezeAtMs: nowMs });
    await sql`UPDATE simulated_clock SET at = ${new Date(nowMs)}`.execute(at.system);
    await at.system
      .updateTable('connection')
      .set({ last_used_at: new Date(nowMs) })
      .execute();
  }

  async function misfortune(): Promise<void> {
    if (random() < 0.3) await at.control.addFault({ ...pick(troubles), path: pick(['/token', '*/oauth/token']) });
    if (random() < 0.1) await at.control.addFault({ ...pick(troubles), path: '/v1/oauth/introspect' });
    for (const place of living()) {
      if (place.kind !== 'rest' || random() >= 0.2) continue;
      await at.control.expireAccess({ botId: place.botId });
      expiries.set(place, (expiries.get(place) ?? 0) + 1);
    }
  }

  /** What a person does in Notion's settings, to one connection of each kind. */
  async function removeTwo(): Promise<void> {
    for (const place of connections.slice(0, 2)) {
      if (place.kind === 'rest') await at.control.revoke({ botId: place.botId });
      else await at.control.revokeMcp({ grantId: place.grantId });
      removed.add(place);
    }
  }

  /**
   * Every process calls through every connection. Returns the results of calls on connections that were not removed.
   */
  async function stepAll(): Promise<string[]> {
    const reports = await Promise.all(
      processes.map(process => process.step({ nowMs, round: random() < 0.5, calls: connections })),
    );
    return reports.flatMap(report =>
      (report ?? []).filter((_, index) => !removed.has(connections[index] as Connected)),
    );
  }

  it('keeps working, in spite of everything', async () => {
    for (const process of processes) await process.start();
    for (let step = 0; step < steps; step++) {
      await advance(stepMinutes);
      await misfortune();
      if (step === steps / 2) await removeTwo();
      answered += (await stepAll()).filter(outcome => outcome === 'ok').length;
      // Sometimes it is gone for longer than its lease and everybody's patience.
      for (const process of processes) if (!process.alive && random() < 0.6) await process.start();
    }
    assert.ok(answered > 0.6 * steps * connections.length, `${answered} calls were answered`);
    for (const point of failPoints) {
      assert.ok(
        processes.some(process => process.deathsAt(point) > 0),
        `nobody died at ${point}`,
      );
    }
  });

  it('works on every connection that was not removed, once the trouble is over', async () => {
    await at.control.clearFaults();
    mortal = false;
    for (const process of processes) {
      await process.end();
      await process.start();
    }
    for (let looks = 0; looks < 4; looks++) {
      await advance(10);
      await stepAll();
    }
    assert.deepEqual(new Set(await stepAll()), new Set(['ok']));
    for (const place of connections) {
      const { status, attempt_id } = await at.row(place);
      assert.deepEqual([status, attempt_id], [removed.has(place) ? 'needs_reauth' : 'active', null]);
    }
  });

  it('refreshed nothing twice for one expiry, by the count of the server', async () => {
    for (const place of connections) {
      const log = await at.log(place);
      const made = log.filter(entry => entry.operation === 'connection.refreshed');
      assert.equal(new Set(made.map(entry => entry.detail.generation)).size, made.length, 'a generation had two heirs');
      if (place.kind === 'rest') assert.ok(made.length <= (expiries.get(place) ?? 0));
    }
    for (const place of living().filter(one => one.kind === 'mcp')) {
      const starts = (await at.log(place)).filter(entry => entry.operation === 'connection.refresh_started');
      const firsts = starts.filter(
        ({ detail }) =>
          starts.find(one => one.detail.generation === detail.generation)?.detail.attempt === detail.attempt,
      );
      assert.ok(firsts.length > steps / 3);
      for (const [index, first] of firsts.entries()) {
        const beforeMs = Date.parse(firsts[index - 1]?.time ?? '');
        assert.ok(
          !(Date.parse(first.time) - beforeMs < 0.75 * lifeMs),
          'a token was refreshed that had just been made',
        );
      }
    }
    // The same token was sent to the server again only if its fate was unknown, and the log says so.
    const asked = wire.spent;
    const entries = (await Promise.all(connections.map(at.log))).flat();
    const resent = entries.filter(entry => entry.detail.resent === true).length;
    const answeredRefusals = entries.filter(entry => entry.detail.answered === true).length;
    assert.ok(asked.length - new Set(asked).size <= resent + answeredRefusals);
  });

  it('has every exchange in the log, with what became of it', async () => {
    const entries = (await Promise.all(connections.map(at.log))).flat();
    const starts = entries.filter(entry => entry.operation === 'connection.refresh_started');
    // Attempts that were begun and never sent are those of killed processes.
    const unsent = starts.length - wire.spent.length;
    const suspects = entries.filter(entry => entry.operation === 'connection.refresh_suspect').length;
    assert.ok(
      unsent >= 0 && unsent <= suspects,
      `${unsent} of ${starts.length} were not sent, ${suspects} were suspect`,
    );
    const ends = entries.filter(entry => /refreshed|refresh_postponed|refresh_suspect/.test(entry.operation));
    const ended = new Set(ends.map(entry => entry.detail.attempt));
    const open = starts.filter(start => !ended.has(start.detail.attempt));
    // Those that the server refused for good, of the two connections that were removed: said once, and never asked again.
    assert.deepEqual(
      open.map(({ detail }) => [detail.connection, detail.generation]).sort(),
      entries
        .filter(entry => entry.operation === 'connection.needs_reauth')
        .map(({ detail }) => [detail.connection, detail.generation])
        .sort(),
    );
    for (const place of removed) {
      const told = (await at.log(place)).map(entry => entry.operation);
      assert.equal(told.filter(name => name === 'workspace_deauthorized').length, 1);
      assert.equal(told.at(-1), 'workspace_deauthorized');
    }
  });

  it('left no secret anywhere: no table, no file, nothing that a process wrote', async () => {
    assert.ok(wire.secrets.size > steps);
    const [some = ''] = wire.secrets;
    assert.equal(findSecrets(wire.secrets, `a line with ${some} in it`), 1, 'the canary is blind');
    assert.equal(findSecrets(wire.secrets, Buffer.from(some).toString('base64')), 1, 'the canary is blind');
    const rows = await everyRow(at.first.database);
    assert.ok(rows.includes('connection.refresh_started') && rows.includes(connections[0]?.connectionId ?? '?'));
    assert.equal(findSecrets(wire.secrets, rows), 0);
    assert.equal(findSecrets(wire.secrets, await everyFile(at.directory)), 0);
    for (const { written } of processes) assert.equal(findSecrets(wire.secrets, written), 0);
  });
});
