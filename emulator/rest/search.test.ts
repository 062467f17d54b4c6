import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rawCall } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('search and limits', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  before(async () => {
    emulator = await startEmulator();
    control = emulatorControl(emulator.url, emulator.controlToken);
  });
  after(() => emulator.close());

  const titled = (content: string) => ({
    parent: { page_id: emulator.pages.root },
    properties: { title: { title: [{ text: { content } }] } },
  });
  const search = async (body: object, version?: string) => {
    const answer = await rawCall(emulator, '/v1/search', { body, ...(version === undefined ? {} : { version }) });
    return answer.body as { results: { id: string; object: string }[]; next_cursor: string | null; type: string };
  };

  it('pages through everything visible exactly once, newest edit first', async () => {
    const whole = (await search({})).results.map(result => result.id);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await search({ page_size: 3, ...(cursor === undefined ? {} : { start_cursor: cursor }) });
      assert.ok(page.results.length <= 3);
      seen.push(...page.results.map(result => result.id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(seen, whole);
    assert.equal(new Set(seen).size, seen.length);
    const oldest = await search({ sort: { timestamp: 'last_edited_time', direction: 'ascending' } });
    assert.deepEqual(
      oldest.results.map(result => result.id),
      whole.toReversed(),
    );
  });

  it('matches titles anywhere, without regard to case and accents, and titles only', async () => {
    const created = await rawCall(emulator, '/v1/pages', { body: titled('Café Größe') });
    for (const query of ['cafe', 'FÉ GRÖ', 'gr']) {
      assert.ok(
        (await search({ query })).results.some(result => result.id === created.body.id),
        query,
      );
    }
    assert.equal((await search({ query: 'Trains before planes' })).results.length, 0);
  });

  it('speaks of databases before there were data sources', async () => {
    const old = await search({ filter: { property: 'object', value: 'database' } }, '2022-06-28');
    assert.deepEqual([...new Set(old.results.map(result => result.object))], ['database']);
    assert.equal(old.type, 'page_or_database');
    const filter = { property: 'object', value: 'data_source' };
    const wrong = await rawCall(emulator, '/v1/search', { body: { filter }, version: '2022-06-28' });
    assert.match(String(wrong.body.message), /body\.filter\.value should be `"page"` or `"database"`/);
  });

  it('finds what is in the trash only when asked', async () => {
    await control.setTrash({ pageId: emulator.pages.restricted, inTrash: true });
    assert.equal((await search({ query: 'salary' })).results.length, 0, 'trash is inherited');
    assert.equal((await search({ query: 'salary', filter: { in_trash: true } })).results.length, 1);
    await control.setTrash({ pageId: emulator.pages.restricted, inTrash: false });
  });

  it('can lag behind, as the real index does', async () => {
    await control.settings({ searchDelayMs: 5000 });
    await rawCall(emulator, '/v1/pages', { body: titled('Zebra') });
    assert.equal((await search({ query: 'zebra' })).results.length, 0);
    await control.setClock({ advanceMs: 6000 });
    assert.equal((await search({ query: 'zebra' })).results.length, 1);
    await control.settings({ searchDelayMs: 0 });
  });

  it('limits each connection and the whole workspace by the minute, and says how long to wait', async () => {
    await control.settings({ rateLimits: { perConnection: 2, perWorkspace: 'off' } });
    await control.setClock({ advanceMs: 60_000 });
    const me = () => rawCall(emulator, '/v1/users/me');
    assert.deepEqual([(await me()).status, (await me()).status], [200, 200]);
    const refused = await me();
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 60);
    assert.deepEqual(refused.body.additional_data, {
      rate_limit_reason: 'public_api_request_rate_limit',
      retry_after: String(wait),
    });
    await control.settings({ rateLimits: { perConnection: 'off', perWorkspace: 1 } });
    await me();
    const shared = await me();
    assert.match(JSON.stringify(shared.body.additional_data), /public_api_space_request_rate_limit/);
    await control.setClock({ advanceMs: 60_000 });
    assert.equal((await me()).status, 200);
  });
});
