import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLinks } from '../../test/rest/memory-links.ts';
import type { HostedFile, LinkBearer } from '../domain/file-links.ts';
import { newId } from '../domain/ids.ts';
import { hourMs, minuteMs } from '../domain/units.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const bearer: LinkBearer = {
  workspaceId: newId('wsp'),
  connectionId: newId('con'),
  principalId: newId('usr'),
  credential: newId('key'),
};

function setUp() {
  let time = Date.parse('2026-11-22T10:00:00Z');
  const now = () => new Date(time);
  const made = memoryLinks(now);
  /** As Notion gives it: signed anew each time, good for an hour. */
  const file = (name: string): HostedFile => ({
    url: `https://prod-files-secure.s3.us-west-2.amazonaws.com/space/${name}?X-Amz-Signature=${time}`,
    holder: { kind: 'block', id },
    source: { kind: 'page', id },
    expiresAt: new Date(time + hourMs),
  });
  const issueOne = async (name: string, by = bearer) => {
    const [link] = await made.links.issue(by, [file(name)]);
    assert.ok(link);
    return { ...link, ticket: link.path.slice(0, 32) };
  };
  const pass = (ms: number) => {
    time += ms;
  };
  return { ...made, now, file, issueOne, pass };
}

describe('links to files', () => {
  it('open to what they were made of, and show nothing of it but its name', async () => {
    const { links, file, issueOne, now } = setUp();
    const { path, ticket } = await issueOne('a b.png');
    assert.match(path, /^[A-Za-z0-9_-]{32}\/a%20b\.png$/);
    const opened = (await links.open([ticket])).get(ticket);
    assert.deepEqual(opened, { ...file('a b.png'), ...bearer, seenAt: now() });
  });

  it("end with Notion's own, and never later than an hour", async () => {
    const { links, file, pass, issueOne } = setUp();
    const { ticket } = await issueOne('a');
    const [late] = await links.issue(bearer, [{ ...file('b'), expiresAt: new Date('9999-01-01') }]);
    assert.equal(late?.expiresAt.getTime(), file('b').expiresAt.getTime());
    pass(hourMs - 1);
    assert.equal((await links.open([ticket])).size, 1);
    pass(1);
    assert.equal((await links.open([ticket])).size, 0);
  });

  it('cost one write for all of an answer, and none for a file that was just given to the same caller', async () => {
    const { links, file, pass, writes } = setUp();
    const first = await links.issue(bearer, [file('a'), file('b'), file('a')]);
    assert.deepEqual(writes, [1]);
    assert.equal(first[0]?.path, first[2]?.path);
    pass(4 * minuteMs);
    const second = await links.issue(bearer, [file('a'), file('c')]);
    assert.deepEqual(writes, [1, 1]);
    assert.deepEqual(second[0], first[0], 'and it says when it ends');
    pass(2 * minuteMs);
    const third = await links.issue(bearer, [file('a')]);
    assert.notEqual(third[0]?.path, first[0]?.path, 'one that is old is not given out again');
    assert.deepEqual(writes, [1, 1, 1]);
    await links.issue(bearer, []);
    assert.equal(writes.length, 3);
  });

  it('are of one key, one connection and one object', async () => {
    const { issueOne, links, file } = setUp();
    const { path } = await issueOne('a');
    assert.notEqual((await issueOne('a', { ...bearer, credential: newId('key') })).path, path);
    assert.notEqual((await issueOne('a', { ...bearer, connectionId: newId('con') })).path, path);
    const [elsewhere] = await links.issue(bearer, [{ ...file('a'), holder: { kind: 'page', id } }]);
    assert.notEqual(elsewhere?.path, path);
  });

  it('are worth nothing when the row was altered, or belongs to another ticket', async () => {
    const { links, rows, issueOne } = setUp();
    const one = await issueOne('a');
    const other = await issueOne('b');
    const [oneKey = '', otherKey = ''] = rows.keys();
    const row = rows.get(oneKey);
    const foreign = rows.get(otherKey);
    assert.ok(row && foreign);
    for (const altered of [
      { ...row, workspaceId: newId('wsp') },
      { ...row, credential: newId('key') },
      { ...row, sealed: foreign.sealed },
      { ...row, sealed: row.sealed.slice(0, -2) },
    ]) {
      rows.set(oneKey, altered);
      assert.equal((await links.open([one.ticket])).size, 0);
    }
    assert.deepEqual([...(await links.open([one.ticket, other.ticket])).keys()], [other.ticket]);
  });

  it('of one answer are sealed a few at a time, and each opens its own file alone', async () => {
    const { links, file, rows } = setUp();
    const names = Array.from({ length: 40 }, (_, index) => `${index}.png`);
    const issued = await links.issue(bearer, names.map(file));
    assert.equal(rows.size, 3);
    const tickets = issued.map(link => link.path.slice(0, 32));
    assert.equal(new Set(tickets).size, 40);
    const opened = await links.open(tickets);
    assert.deepEqual(
      tickets.map(ticket => opened.get(ticket)?.url),
      names.map(name => file(name).url),
    );
    const [first = '', second = ''] = tickets;
    const elsewhere = tickets[20] ?? '';
    const guessed = [
      first.slice(0, 20) + 'A'.repeat(12),
      first.slice(0, 20) + elsewhere.slice(20),
      'A'.repeat(20) + first.slice(20),
    ];
    assert.equal((await links.open(guessed)).size, 0);
    assert.equal(first.slice(0, 20), second.slice(0, 20));
  });

  it('of no shape that is ours are not looked for', async () => {
    const { links } = setUp();
    assert.equal(
      (await links.open(['', 'x', 'A'.repeat(33), '\u0000'.repeat(32), '../../../../../../../../'])).size,
      0,
    );
  });
});
