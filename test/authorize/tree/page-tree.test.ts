import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Anchors } from '../../../src/authorize/anchors.ts';
import { PageTree, type TreeRow } from '../../../src/authorize/tree/page-tree.ts';
import type { Container } from '../../../src/domain/ancestry.ts';
import type { GrantScope } from '../../../src/domain/grant.ts';
import { createRandom } from '../worlds/random.ts';
import { uuidOf } from '../worlds/world.ts';

/** The same tree as a map of parents. */
class PlainTree {
  readonly rows = new Map<string, TreeRow>();

  path(id: string): Container[] | null {
    const path: Container[] = [];
    for (let next: string | null = id; next !== null; ) {
      const row: TreeRow | undefined = this.rows.get(next);
      path.push({ kind: row?.kind ?? 'page', id: next });
      if (path.length > this.rows.size + 1) return null;
      next = row?.parentId ?? null;
    }
    return path;
  }
}

function carriersOn(tree: PageTree, ordinal: number): (string | null)[] {
  const found: (string | null)[] = [];
  for (let anchor = tree.anchorAt(ordinal); anchor > 0; anchor = tree.anchors.parentOf(anchor))
    found.push(`${tree.anchors.carrierAt(anchor)}${tree.anchors.isAlone(anchor) ? ' alone' : ''}`);
  return found;
}

describe('the tree of pages', () => {
  it('knows after any sequence of changes what a map of parents knows, in the middle of the work too', () => {
    for (let seed = 1; seed <= 1500; seed++) {
      const random = createRandom(seed);
      const plain = new PlainTree();
      const tree = new PageTree(2);
      const carried: GrantScope[] = [];
      const ids = Array.from({ length: 12 }, (_, n) => uuidOf(n + 1));
      let work = tree.work(2);
      for (let step = 0; step < 30; step++) {
        const id = random.pick(ids);
        const what = random.below(10);
        if (what < 6) {
          const parents = ids.filter(parent => plain.rows.has(parent) && !plain.path(parent)?.some(on => on.id === id));
          const parentId = parents.length === 0 || random.chance(0.2) ? null : random.pick(parents);
          const row: TreeRow = { kind: random.pick(['page', 'database', 'data_source']), id, parentId };
          plain.rows.set(id, row);
          assert.equal(tree.put(row), true);
        } else if (what === 6) {
          for (const other of ids)
            if (plain.rows.has(other) && plain.path(other)?.some(on => on.id === id)) gone.add(other);
          for (const other of gone) plain.rows.delete(other);
          gone.clear();
          tree.remove(id);
        } else if (what < 9 && plain.rows.has(id)) {
          const scope: GrantScope = { kind: random.pick(['page', 'page_only'] as const), id };
          carried.push(scope);
          tree.carry([scope]);
        } else if (random.chance(0.5)) {
          for (let n = random.below(4); n > 0; n--) if (work.next().done) work = tree.work(2);
        } else tree.settle();
        compare(tree, plain, ids, seed);
      }
      tree.settle();
      compare(tree, plain, ids, seed);
      assert.equal(tree.size, plain.rows.size, `seed ${seed}: size`);
      const counts = new Map<number, number>();
      for (const other of plain.rows.keys()) {
        const anchor = tree.anchorAt(tree.find(other));
        counts.set(anchor, (counts.get(anchor) ?? 0) + 1);
      }
      for (let anchor = 0; anchor < tree.anchors.size; anchor++)
        assert.equal(tree.pagesAt(anchor), counts.get(anchor) ?? 0, `seed ${seed}: pages at an anchor`);
    }
  });

  it('gives the anchor that the path has', () => {
    const rows = Array.from({ length: 50 }, (_, n): TreeRow => {
      return { kind: 'page', id: uuidOf(n + 1), parentId: n === 0 ? null : uuidOf(Math.floor(n / 2) + 1) };
    }).filter(({ id, parentId }) => id !== parentId);
    const scopes: GrantScope[] = [
      { kind: 'page', id: uuidOf(2) },
      { kind: 'page_only', id: uuidOf(4) },
      { kind: 'page', id: uuidOf(5) },
    ];
    const tree = PageTree.of(rows.toReversed(), scopes);
    const anchors = new Anchors();
    for (const scope of scopes) anchors.edgeOf(scope);
    const names = (of: Anchors, anchor: number): string =>
      anchor <= 0 ? '' : `${names(of, of.parentOf(anchor))}/${of.carrierAt(anchor)}${of.isAlone(anchor)}`;
    for (const { id } of rows) {
      const ordinal = tree.find(id);
      const path = tree.pathOf(ordinal) ?? [];
      assert.equal(names(tree.anchors, tree.anchorAt(ordinal)), names(anchors, anchors.of(path)));
    }
  });

  it('does not know where circles stand, nor what hangs on them, until they are broken', () => {
    const [a, b, c] = [uuidOf(1), uuidOf(2), uuidOf(3)];
    const tree = new PageTree();
    tree.put({ kind: 'page', id: a, parentId: b });
    tree.put({ kind: 'page', id: c, parentId: a });
    assert.equal(tree.put({ kind: 'page', id: b, parentId: c }), false);
    for (const id of [a, b, c]) assert.equal(tree.anchorAt(tree.find(id)), -1);
    tree.settle();
    for (const id of [a, b, c]) assert.equal(tree.pathOf(tree.find(id)), null);
    tree.put({ kind: 'page', id: b, parentId: null });
    assert.deepEqual(
      tree.pathOf(tree.find(c))?.map(({ id }) => id),
      [c, a, b],
    );
    assert.equal(tree.put({ kind: 'page', id: a, parentId: a }), false);
    assert.equal(tree.put({ kind: 'page', id: 'no id', parentId: null }), false);
    assert.equal(tree.find('00000000-0000-4000-8000-00000000000G'), -1);
  });

  it('stands 10,000 deep', () => {
    const rows = Array.from({ length: 10_000 }, (_, n): TreeRow => {
      return { kind: 'page', id: uuidOf(n + 1), parentId: n === 0 ? null : uuidOf(n) };
    });
    const tree = PageTree.of(rows, [{ kind: 'page', id: uuidOf(5000) }]);
    assert.equal(tree.pathOf(tree.find(uuidOf(10_000)))?.length, 10_000);
    assert.deepEqual(carriersOn(tree, tree.find(uuidOf(10_000))), [uuidOf(5000)]);
    tree.remove(uuidOf(2));
    tree.settle();
    assert.equal(tree.size, 1);
  });
});

const gone = new Set<string>();

function compare(tree: PageTree, plain: PlainTree, ids: readonly string[], seed: number): void {
  for (const id of ids) {
    const ordinal = tree.find(id);
    const path = plain.rows.has(id) ? plain.path(id) : null;
    const found = ordinal <= 0 ? null : tree.pathOf(ordinal);
    assert.deepEqual(found, path, `seed ${seed}: the path of ${id}`);
    if (path === null) continue;
    const chain = carriersOn(tree, ordinal).map(name => String(name).split(' ')[0] ?? '');
    const onPath = path.map(on => on.id);
    assert.ok(
      chain.every(
        (carrier, index) =>
          onPath.includes(carrier) &&
          (index === 0 || onPath.indexOf(carrier) >= onPath.indexOf(chain[index - 1] ?? '')),
      ),
      `seed ${seed}: carriers ${chain} of ${onPath}`,
    );
    let expected = 0;
    for (const on of path.toReversed()) expected = tree.anchors.below(expected, on.id);
    assert.equal(tree.anchors.throughout(tree.anchorAt(ordinal)), expected, `seed ${seed}: the anchor of ${id}`);
    assert.equal(tree.anchorAt(ordinal), tree.anchors.alone(expected, id), `seed ${seed}: the own anchor of ${id}`);
  }
}
