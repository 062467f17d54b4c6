/** Pages are moved while others ask where they stand: each answer was true within the window, in every order. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { newId } from '../../src/domain/ids.ts';
import type { NotionRef, PageIndex } from '../../src/domain/page-index.ts';
import type { Look } from '../../src/resolve/page-index/looks.ts';
import { createPageIndex } from '../../src/resolve/page-index/page-index.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createPageIndexStore } from '../../src/store/page-index-store.ts';
import type { Schema } from '../../src/store/schema.ts';
import { aCaller } from '../fixtures.ts';
import { freshDatabase } from '../postgres.ts';

const workspaceId = newId('wsp');
const asker = {
  ...{ workspaceId, connectionId: newId('con'), caller: aCaller() },
  ...{ clientAddress: '192.0.2.1', requestId: 'r' },
};
const freshnessMs = 300_000;
const pagesCount = 4;

/** What an object stands in from a moment on. */
interface Stand {
  readonly fromMs: number;
  readonly under: number | null;
}

/** A move whose answer a gate has given: the stand that it began, by its place among the page's. */
interface Told {
  readonly page: number;
  readonly stand: number;
  readonly gate: number;
  readonly atMs: number;
}

/** A Notion of a few pages that remembers where each of them has stood, and two gateways that look at it. */
class World {
  readonly pages: NotionRef[] = Array.from({ length: pagesCount }, () => ({ kind: 'page', id: randomUUID() }));
  readonly #stands: Stand[][] = this.pages.map((_, page) => [
    { fromMs: Number.NEGATIVE_INFINITY, under: page === 0 ? null : 0 },
  ]);
  readonly #told: Told[] = [];
  readonly #database: Database<Schema>;
  readonly #gates: readonly PageIndex[];
  #aheadMs = 0;
  isDown = false;

  constructor(database: Database<Schema>) {
    this.#database = database;
    this.#gates = [0, 1].map(gate =>
      createPageIndex({
        store: createPageIndexStore(database),
        look: this.#look(() => this.gate(gate)),
        monotonicMs: () => this.nowMs,
      }),
    );
  }

  get nowMs(): number {
    return performance.now() + this.#aheadMs;
  }

  gate(number: number): PageIndex {
    return this.#gates[number] ?? assert.fail();
  }

  #standsOf(page: number): Stand[] {
    return this.#stands[page] ?? assert.fail();
  }

  #under(page: number): number | null {
    return this.#standsOf(page).at(-1)?.under ?? null;
  }

  #shown(page: number) {
    const under = this.#under(page);
    const parent = under === null ? ('workspace' as const) : this.ref(under);
    return { ...this.ref(page), parent };
  }

  ref(page: number): NotionRef {
    return this.pages[page] ?? assert.fail();
  }

  #look(gate: () => PageIndex): Look {
    return async (_asker, { id }) => {
      const sentAtMs = this.nowMs;
      await turn();
      if (this.isDown) return { trouble: 'upstream_unavailable' };
      const shown = this.#shown(this.pages.findIndex(page => page.id === id));
      await turn();
      await gate().learn(workspaceId, [shown], { sentAtMs, write: false, tested: new Set() });
      return 'shown';
    };
  }

  /** A page is read through a gateway: what it shows is learned a moment after it was true. */
  async read(page: number, gate: number, after: Promise<unknown>): Promise<void> {
    const sentAtMs = this.nowMs;
    const shown = this.#shown(page);
    await after;
    await this.gate(gate).learn(workspaceId, [shown], { sentAtMs, write: false, tested: new Set() });
  }

  /** Moves nothing under itself. */
  async move(page: number, under: number, through: number | 'behind'): Promise<void> {
    for (let at: number | null = under; at !== null; at = this.#under(at)) if (at === page) return;
    const gate = through === 'behind' ? null : this.gate(through);
    const sentAtMs = this.nowMs;
    await gate?.doubt(workspaceId, [this.ref(page)]);
    await turn();
    for (let at: number | null = under; at !== null; at = this.#under(at)) if (at === page) return;
    const stand = this.#standsOf(page).push({ fromMs: this.nowMs, under }) - 1;
    const shown = this.#shown(page);
    await turn();
    await gate?.learn(workspaceId, [shown], { sentAtMs, write: true, tested: new Set() });
    // From now on no caller of this gateway may see anything older.
    if (through !== 'behind') this.#told.push({ page, stand, gate: through, atMs: this.nowMs });
  }

  async pass(ms: number): Promise<void> {
    this.#aheadMs += ms;
    const by = sql`make_interval(secs => ${ms / 1000}::float8)`;
    await sql`UPDATE page_index SET learned_at = learned_at - ${by}, doubted_at = doubted_at - ${by}`.execute(
      this.#database.system,
    );
  }

  /** The earliest stand of each page that this gate may answer with now. Other gates' moves count after 5 s. */
  earliest(gate: number): number[] {
    return this.pages.map((_, page) => {
      const known = this.#told.filter(
        told => told.page === page && (told.gate === gate || this.nowMs - told.atMs > 5_000),
      );
      return Math.max(0, ...known.map(({ stand }) => stand));
    });
  }

  /** Whether one of the page's stands, from the earliest on, was under the other and lasted until then. */
  stoodUnder(page: number, under: number | null, earliest: number, untilMs: number): boolean {
    return this.#standsOf(page).some(
      (stand, index, all) =>
        index >= earliest && stand.under === under && (all[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY) >= untilMs,
    );
  }
}

const page = fc.nat(pagesCount - 1);
const gate = fc.nat(1);
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), page, gate, late: fc.boolean() }),
  fc.record({ kind: fc.constant('ask' as const), page, gate }),
  fc.record({
    kind: fc.constant('move' as const),
    page,
    under: page,
    through: fc.oneof(gate, fc.constant('behind' as const)),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 900, 5_001, 60_000, freshnessMs) }),
  fc.record({ kind: fc.constant('down' as const), down: fc.boolean() }),
  /** Lets what is under way come to an end. */
  fc.record({ kind: fc.constant('settle' as const) }),
);

describe('the window in which a move goes unnoticed', () => {
  let database: Database<Schema>;
  before(async () => {
    database = openDatabase<Schema>((await freshDatabase({ migrated: true })).connection);
    const workspace = { id: workspaceId, notion_workspace_id: randomUUID(), name: 'Acme' };
    await database.system.insertInto('workspace').values(workspace).execute();
  });
  after(() => database.close());

  it('is never exceeded', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async steps => {
        const world = new World(database);
        const underWay: Promise<void>[] = [];
        let others = Promise.withResolvers<void>();
        const late: Promise<void>[] = [];
        const settle = async () => {
          await Promise.all(underWay.splice(0));
          others.resolve();
          others = Promise.withResolvers();
          await Promise.all(late.splice(0));
        };
        for (const one of steps) {
          if (one.kind === 'read' && one.late) late.push(world.read(one.page, one.gate, others.promise));
          if (one.kind === 'read' && !one.late) underWay.push(world.read(one.page, one.gate, turn()));
          if (one.kind === 'move') underWay.push(world.move(one.page, one.under, one.through));
          if (one.kind === 'ask') underWay.push(ask(world, one.page, one.gate));
          if (one.kind === 'down') world.isDown = one.down;
          if (one.kind === 'settle') await settle();
          if (one.kind === 'pass') {
            await settle();
            await world.pass(one.ms);
          }
        }
        await settle();
        world.isDown = false;
        await world.pass(freshnessMs);
        for (const number of world.pages.keys()) await ask(world, number, 0);
      }),
      { numRuns: 100 },
    );
  });

  async function ask(world: World, number: number, through: number): Promise<void> {
    const untilMs = world.nowMs - freshnessMs;
    const earliest = world.earliest(through);
    const origin = world.ref(number);
    const found = (await world.gate(through).find(asker, [origin])).get(`page:${origin.id}`);
    if (found?.state !== 'known') return;
    const path = found.path.map(({ id }) => world.pages.findIndex(page => page.id === id));
    assert.equal(path[0], number);
    for (const [index, at] of path.entries()) {
      const under = path[index + 1] ?? null;
      const stood = world.stoodUnder(at, under, earliest[at] ?? 0, untilMs);
      assert.ok(stood, `page ${at} is said to stand under ${under}, through gate ${through}`);
    }
  }
});
