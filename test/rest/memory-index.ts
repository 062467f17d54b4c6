import { type Ancestry, type Container, isContainerKind, objectKey } from '../../src/domain/ancestry.ts';
import type { LearnedObject, NotionRef, PageIndex } from '../../src/domain/page-index.ts';

/** A page index in memory that never asks Notion; the real one is tested beside PostgreSQL. */
export function memoryIndex(): PageIndex & { readonly asked: string[] } {
  const known = new Map<string, LearnedObject>();
  const asked: string[] = [];

  function pathOf({ id }: NotionRef): readonly Container[] | null {
    const path: Container[] = [];
    for (let at: string | null = id; at !== null; ) {
      const object = known.get(at);
      if (object === undefined) return path.length > 0 && at !== id ? path : null;
      if (isContainerKind(object.kind)) path.push({ kind: object.kind, id: object.id });
      const parent: NotionRef | 'workspace' = object.parent;
      if (parent !== 'workspace' && !known.has(parent.id)) {
        return isContainerKind(parent.kind) ? [...path, { kind: parent.kind, id: parent.id }] : null;
      }
      at = parent === 'workspace' ? null : parent.id;
    }
    return path;
  }

  function propertiesOn(path: readonly Container[]) {
    const pages = path.flatMap(({ id }) => {
      const properties = known.get(id)?.properties;
      return properties === undefined ? [] : [[id, properties] as const];
    });
    return { properties: new Map(pages) };
  }

  return {
    asked,
    async find(_asker, objects, { mayAsk = Number.POSITIVE_INFINITY } = {}) {
      const found = new Map<string, Ancestry>();
      let left = mayAsk;
      for (const object of objects) {
        const path = pathOf(object);
        if (path === null && left-- > 0) asked.push(objectKey(object));
        found.set(
          objectKey(object),
          path === null ? { state: 'unknown' } : { state: 'known', path, ...propertiesOn(path) },
        );
      }
      return found;
    },
    async lookForHidden() {
      return null;
    },
    async learn(_workspace, objects) {
      for (const object of objects) known.set(object.id, object);
    },
    async doubt(_workspace, objects) {
      for (const { id } of objects) known.delete(id);
    },
  };
}
