import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { CALLBACK, rawCall } from '../../emulator/authorized.ts';
import { examples } from '../../emulator/conformance/examples.ts';
import { createFixture, type Fixture } from '../../emulator/conformance/fixture.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { Findings } from '../../src/withhold/blank/findings.ts';
import { blankObject } from '../../src/withhold/blank/objects.ts';
import { idOf } from './withheld.ts';

type Json = Record<string, unknown>;

/** Walks through an answer and hides all that shows an object for which `isHidden` holds. */
function blank(
  answer: Json,
  { isHidden, people = true }: { isHidden: (id: string) => boolean; people?: boolean },
): boolean {
  const findings = new Findings({ people });
  const known = blankObject(answer, findings);
  for (const { shows, hide } of findings.shown) if (shows.some(({ id }) => isHidden(id))) hide();
  for (const { hide } of findings.computed) hide();
  return known;
}

describe('where nothing is hidden', () => {
  let emulator: Emulator;
  let fixture: Fixture;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    fixture = await createFixture(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  for (const example of examples) {
    if (example.multipart === true) continue;
    it(`an answer stays as it is: ${example.route}${example.version ?? ''}`, async () => {
      const [method = ''] = example.route.split(' ');
      const body = example.body?.(fixture);
      const { version = '2026-03-11' } = example;
      const call = { token: emulator.internalToken, method, version, ...(body === undefined ? {} : { body }) };
      const answer = (await rawCall(emulator, example.path(fixture), call)).body as Json;
      const blanked = structuredClone(answer);
      const findings = new Findings({ people: true });
      assert.ok(blankObject(blanked, findings), JSON.stringify(answer));
      assert.deepEqual(blanked, answer);
      assert.equal(findings.blanked, 0);
    });
  }
});

/** Everything hidden has this word, and nothing else does. */
const canary = 'zebra';
const hiddenIds = [20, 21, 22].map(idOf);
const isHidden = (id: string) => hiddenIds.includes(id);

const hidden = fc.constantFrom(...hiddenIds);
const visible = fc.constantFrom(...[10, 11, 12].map(idOf));
/** An id, and what is called by it. */
const named = fc.oneof(
  hidden.map(id => ({ id, title: canary })),
  visible.map(id => ({ id, title: 'open' })),
);
const addressed = named.map(({ id, title }) => ({
  ...{ id, title },
  url: `https://app.notion.com/p/${title}-${id.replaceAll('-', '')}`,
}));

const plainItem = (title: string, url: string | null) => {
  return { type: 'text', text: { content: title, link: url === null ? null : { url } }, plain_text: title, href: url };
};

const richTextItem = fc.oneof(
  fc.constant(plainItem('own words', null)),
  addressed.map(({ url }) => plainItem('a link', url)),
  addressed.map(({ url }) => plainItem(`see ${url} there`, null)),
  addressed.chain(({ id, title, url }) =>
    fc.constantFrom('page', 'database').map(type => ({
      ...{ type: 'mention', mention: { type, [type]: { id } }, plain_text: title, href: url },
    })),
  ),
  addressed.map(({ title, url }) => ({
    type: 'mention',
    mention: { type: 'link_mention', link_mention: { href: url, title, description: title } },
    ...{ plain_text: url, href: url },
  })),
  fc.constant({ type: 'hologram', hologram: { id: idOf(20) }, plain_text: canary, href: null }),
);
const richText = fc.array(richTextItem, { maxLength: 4 });

const block = fc
  .oneof(
    richText.chain(rich_text =>
      fc.constantFrom('paragraph', 'toggle', 'quote').map(type => ({ type, [type]: { rich_text } })),
    ),
    fc.array(richText, { maxLength: 3 }).map(cells => ({ type: 'table_row', table_row: { cells } })),
    fc
      .tuple(addressed, richText)
      .chain(([{ url }, caption]) =>
        fc.constantFrom('bookmark', 'embed', 'link_preview').map(type => ({ type, [type]: { url, caption } })),
      ),
    fc
      .tuple(named, fc.constantFrom('page_id', 'database_id', 'block_id', 'comment_id'))
      .map(([{ id }, type]) => ({ type: 'link_to_page', link_to_page: { type, [type]: id } })),
    named.map(({ id }) => ({
      type: 'synced_block',
      synced_block: { synced_from: { type: 'block_id', block_id: id } },
    })),
    addressed.map(({ url }) => ({ type: 'image', image: { type: 'external', external: { url }, caption: [] } })),
    fc.constant({ type: canary, [canary]: { title: canary } }),
    fc.constant({ type: 'toggle', toggle: { rich_text: [], secret: { title: canary } } }),
  )
  .chain(content => parent.map(parent => ({ ...content, parent })));

const parent = fc
  .tuple(named, fc.constantFrom('page_id', 'database_id', 'block_id'))
  .map(([{ id }, type]) => ({ type, [type]: id }));

const value: fc.Arbitrary<Json> = fc.oneof(
  richText.map(rich_text => ({ type: 'rich_text', rich_text })),
  fc
    .array(named, { maxLength: 4 })
    .map(pages => ({ type: 'relation', relation: pages.map(({ id }) => ({ id })), has_more: true })),
  addressed.map(({ url }) => ({ type: 'url', url })),
  addressed.map(({ url, title }) => ({
    type: 'files',
    files: [{ name: title === canary ? 'x' : title, type: 'external', external: { url } }],
  })),
  fc.constant({ type: 'formula', formula: { type: 'string', string: canary } }),
  fc.constant({
    type: 'rollup',
    rollup: { type: 'array', function: 'show_original', array: [{ type: 'number', number: 1, zebra: canary }] },
  }),
  fc.constant({ type: canary, [canary]: canary }),
  fc.constant({ type: 'number', number: 3 }),
);

const page = fc.record({
  object: fc.constant('page'),
  id: visible,
  parent,
  public_url: fc.constantFrom(null, `https://acme.notion.site/${canary}`),
  properties: fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), value),
  [canary]: fc.constant(canary),
});

const comment = fc.record({ object: fc.constant('comment'), id: visible, parent, rich_text: richText });

describe('whatever an answer holds', () => {
  const answer = fc.oneof(
    page,
    block.map(content => ({ object: 'block', id: idOf(10), has_children: true, ...content })),
    comment,
    fc.array(fc.oneof(page, comment), { maxLength: 5 }).map(results => ({ object: 'list', results })),
  );

  it('nothing of what is hidden is left, and it stays JSON of Notion’s', () => {
    fc.assert(
      fc.property(answer, given => {
        const blanked = structuredClone(given) as Json;
        assert.ok(blank(blanked, { isHidden }));
        const text = JSON.stringify(blanked);
        assert.ok(!text.includes(canary), text);
        for (const id of hiddenIds) assert.ok(!text.includes(id) && !text.includes(id.replaceAll('-', '')), text);
        assertShaped(blanked);
      }),
      { numRuns: 2_000 },
    );
  });

  it('blanking twice is blanking once', () => {
    fc.assert(
      fc.property(answer, given => {
        const once = structuredClone(given) as Json;
        blank(once, { isHidden });
        const twice = structuredClone(once);
        blank(twice, { isHidden });
        assert.deepEqual(twice, once);
      }),
    );
  });
});

/** Every typed value has the content that its type names, as the official types want it. */
function assertShaped(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) assertShaped(item);
  if (typeof value !== 'object' || value === null) return;
  const object = value as Json;
  const type = object.type;
  if (typeof type === 'string' && object.object !== 'list') assert.ok(type in object, JSON.stringify(object));
  if (type === 'text') assert.equal(typeof (object.text as Json).content, 'string');
  for (const inner of Object.values(object)) assertShaped(inner);
}
