import type { Grant, GrantSubject } from '../domain/grant.ts';
import { Anchors } from './anchors.ts';
import { byId, type ReadyGrant } from './ready-grant.ts';

const none: readonly ReadyGrant[] = [];

/** Grants by where they stand and whom they are for. A value: a change makes another one, which shares what stayed. */
export class StandingGrants {
  readonly anchors: Anchors;
  /** By edge of the trie, by subject. */
  readonly #at: readonly (ReadonlyMap<string, readonly ReadyGrant[]> | undefined)[];
  readonly #bySubject: ReadonlyMap<string, readonly ReadyGrant[]>;

  private constructor(
    anchors: Anchors,
    at: readonly (ReadonlyMap<string, readonly ReadyGrant[]> | undefined)[],
    bySubject: ReadonlyMap<string, readonly ReadyGrant[]>,
  ) {
    this.anchors = anchors;
    this.#at = at;
    this.#bySubject = bySubject;
  }

  static of(grants: readonly ReadyGrant[]): StandingGrants {
    return new StandingGrants(new Anchors(), [], new Map()).with([], grants);
  }

  /** The same without some grants and with others. */
  with(removed: readonly ReadyGrant[], added: readonly ReadyGrant[]): StandingGrants {
    const at = [...this.#at] as (Map<string, ReadyGrant[]> | undefined)[];
    const bySubject = new Map(this.#bySubject) as Map<string, ReadyGrant[]>;
    const ownMaps = new Set<Map<string, ReadyGrant[]>>([bySubject]);
    const ownLists = new Set<ReadyGrant[]>();
    const listIn = (map: Map<string, ReadyGrant[]>, subject: string) => {
      const known = map.get(subject);
      if (known !== undefined && ownLists.has(known)) return known;
      const list = [...(known ?? [])];
      ownLists.add(list);
      map.set(subject, list);
      return list;
    };
    const change = (grant: ReadyGrant, apply: (list: ReadyGrant[]) => void) => {
      const subject = subjectKey(grant.grant.subject);
      apply(listIn(bySubject, subject));
      // What a mask of properties hides is looked up by itself.
      if (grant.grant.properties !== null) return;
      for (const edge of edgesOf(grant.grant, this.anchors)) {
        let map = at[edge];
        if (map === undefined || !ownMaps.has(map)) {
          map = new Map(map);
          ownMaps.add(map);
          at[edge] = map;
        }
        apply(listIn(map, subject));
      }
    };
    for (const grant of removed) change(grant, list => list.splice(list.indexOf(grant), 1));
    for (const grant of added) change(grant, list => list.push(grant));
    return new StandingGrants(this.anchors, at, bySubject);
  }

  at(edge: number): ReadonlyMap<string, readonly ReadyGrant[]> | undefined {
    return this.#at[edge];
  }

  has(subject: string): boolean {
    return (this.#bySubject.get(subject)?.length ?? 0) > 0;
  }

  /** In order of their ids. */
  of(subjects: readonly string[]): readonly ReadyGrant[] {
    const found = subjects.flatMap(subject => this.#bySubject.get(subject) ?? none);
    return found.sort(byId);
  }
}

/** `everyone`, or the id of a principal or a group. */
export function subjectKey(subject: GrantSubject): string {
  return subject.kind === 'everyone' ? subject.kind : subject.id;
}

/** Each edge once, whatever the scopes say. */
function edgesOf({ scopes }: Grant, anchors: Anchors): ReadonlySet<number> {
  return new Set(scopes.map(scope => anchors.edgeOf(scope)));
}
