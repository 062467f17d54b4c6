import type { Grant, GrantSubject } from '../domain/grant.ts';
import { Anchors } from './anchors.ts';
import { EffectsTable } from './effects-table.ts';
import { effectsOf } from './masks.ts';
import { byId, type ReadyGrant } from './ready-grant.ts';

const none: readonly ReadyGrant[] = [];

/** Grants by place and subject. A value: a change makes another one, which shares the unchanged parts. */
export class StandingGrants {
  readonly anchors: Anchors;
  /** What they do, by edge and number of the subject. */
  readonly effects: EffectsTable;
  /** By edge of the trie, by subject. */
  readonly #at: readonly (ReadonlyMap<string, readonly ReadyGrant[]> | undefined)[];
  readonly #bySubject: ReadonlyMap<string, readonly ReadyGrant[]>;
  /** Numbers of subjects, which never change. */
  readonly #numbers: Map<string, number>;

  private constructor(
    earlier: Pick<StandingGrants, 'anchors'> & { readonly numbers: Map<string, number> },
    effects: EffectsTable,
    at: readonly (ReadonlyMap<string, readonly ReadyGrant[]> | undefined)[],
    bySubject: ReadonlyMap<string, readonly ReadyGrant[]>,
  ) {
    this.anchors = earlier.anchors;
    this.#numbers = earlier.numbers;
    this.effects = effects;
    this.#at = at;
    this.#bySubject = bySubject;
  }

  static of(grants: readonly ReadyGrant[]): StandingGrants {
    const empty = { anchors: new Anchors(), numbers: new Map<string, number>() };
    return new StandingGrants(empty, new EffectsTable(null), [], new Map()).with([], grants);
  }

  /** The same, without some grants and with others. */
  with(removed: readonly ReadyGrant[], added: readonly ReadyGrant[]): StandingGrants {
    const bySubject = new Map(this.#bySubject);
    for (const [subject, change] of changesBy(subjectsOf, removed, added)) {
      bySubject.set(subject, changed(bySubject.get(subject), change));
    }
    const at = [...this.#at];
    const effects = new EffectsTable(this.effects);
    // What a mask of properties hides is looked up by itself.
    const decides = ({ grant }: ReadyGrant) => grant.properties === null;
    const edges = ({ grant }: ReadyGrant) => edgesOf(grant, this.anchors);
    for (const [edge, onEdge] of changesBy(edges, removed.filter(decides), added.filter(decides))) {
      const subjects = new Map(at[edge]);
      at[edge] = subjects;
      for (const [subject, change] of changesBy(subjectsOf, onEdge.removed, onEdge.added)) {
        const grants = changed(subjects.get(subject), change);
        subjects.set(subject, grants);
        effects.set(edge, this.numberOf(subject), effectsOf(grants));
      }
    }
    return new StandingGrants({ anchors: this.anchors, numbers: this.#numbers }, effects, at, bySubject);
  }

  /** By subject what stands on an edge. */
  at(edge: number): ReadonlyMap<string, readonly ReadyGrant[]> | undefined {
    return this.#at[edge];
  }

  numberOf(subject: string): number {
    const number = this.#numbers.get(subject) ?? this.#numbers.size;
    this.#numbers.set(subject, number);
    return number;
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

/** The edges of a grant. Each edge once, even if several scopes have it. */
export function edgesOf({ scopes }: Grant, anchors: Anchors): ReadonlySet<number> {
  return new Set(scopes.map(scope => anchors.edgeOf(scope)));
}

function subjectsOf({ grant }: ReadyGrant): readonly string[] {
  return [subjectKey(grant.subject)];
}

interface Change {
  readonly removed: ReadyGrant[];
  readonly added: ReadyGrant[];
}

function changesBy<Key>(
  keysOf: (grant: ReadyGrant) => Iterable<Key>,
  removed: readonly ReadyGrant[],
  added: readonly ReadyGrant[],
): ReadonlyMap<Key, Change> {
  const found = new Map<Key, Change>();
  const changeOf = (key: Key) => {
    const change = found.get(key) ?? { removed: [], added: [] };
    found.set(key, change);
    return change;
  };
  for (const grant of removed) for (const key of keysOf(grant)) changeOf(key).removed.push(grant);
  for (const grant of added) for (const key of keysOf(grant)) changeOf(key).added.push(grant);
  return found;
}

function changed(list: readonly ReadyGrant[] = none, { removed, added }: Change): readonly ReadyGrant[] {
  const gone = new Set(removed);
  return [...list.filter(grant => !gone.has(grant)), ...added];
}
