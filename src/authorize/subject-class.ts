import type { Container } from '../domain/ancestry.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { ActionMask } from './action-bits.ts';
import type { Applicable } from './applicable.ts';
import { bitOfSubject, type EffectsSum } from './effects-table.ts';
import { type Masks, masksOf } from './masks.ts';
import { byId, type ReadyGrant } from './ready-grant.ts';
import { edgesOf, type StandingGrants } from './standing-grants.ts';

/**
 * Principals for whom the same is decided everywhere: of the same actions by role, and of the same subjects of grants.
 * Nothing that is decided is remembered: looking at what stands on the way up costs no more, and cannot be out of date.
 */
export class SubjectClass {
  // What each decision looks at comes first, and so together in memory: the others are looked at rarely.
  readonly role: ActionMask;
  #standing: StandingGrants;
  /** The numbers of the subjects, and the bits of these. */
  readonly #numbers: readonly number[];
  readonly #bits: number;
  /** What denies wherever it does not stand, and where it stands. */
  readonly #limits: ReadonlyMap<ReadyGrant, ReadonlySet<number>> | null;
  /** `everyone`, the principal and its groups, as far as grants name them. */
  readonly subjects: readonly string[];
  /** All its grants, in order of their ids: those that decide, and the masks of properties. */
  readonly grants: readonly ReadyGrant[];
  readonly masks: readonly ReadyGrant[];
  /** Actions that a `deny`, a `limit` or a mask takes away somewhere. */
  readonly exceptions: ActionMask;
  /** Whether any of its rights depends on where an object stands. */
  readonly dependsOnPages: boolean;
  readonly #exceptionsOf = new Map<ActionMask, readonly Container[]>();

  constructor(role: ActionMask, subjects: readonly string[], standing: StandingGrants) {
    const all = standing.of(subjects);
    this.role = role;
    this.subjects = subjects;
    this.grants = all.filter(({ grant }) => grant.properties === null);
    this.masks = all.filter(({ grant }) => grant.properties !== null);
    this.exceptions = all.reduce((mask, grant) => (grant.grant.effect === 'allow' ? mask : mask | grant.mask), 0);
    this.dependsOnPages = all.some(
      ({ grant, onPages, mask }) => onPages && (grant.effect !== 'allow' || (mask & ~role) !== 0),
    );
    this.#standing = standing;
    this.#numbers = subjects.map(subject => standing.numberOf(subject));
    this.#bits = this.#numbers.reduce((bits, number) => bits | bitOfSubject(number), 0);
    const limits = this.grants.filter(({ grant, throughout }) => grant.effect === 'limit' && !throughout);
    const places = limits.map(limit => [limit, edgesOf(limit.grant, standing.anchors)] as const);
    this.#limits = places.length === 0 ? null : new Map(places);
  }

  /** The containers of the grants that take one of these actions away. */
  exceptionsOf(bits: ActionMask): readonly Container[] {
    const known = this.#exceptionsOf.get(bits);
    if (known !== undefined) return known;
    const denying = this.grants.filter(({ grant, mask }) => grant.effect !== 'allow' && (mask & bits) !== 0);
    const on = denying.flatMap(({ grant }) => grant.scopes.flatMap(containerOf));
    const each = [...new Map(on.map(container => [container.id, container])).values()];
    this.#exceptionsOf.set(bits, each);
    return each;
  }

  /**
   * Uses a changed policy from now on, in which nothing of this class has changed, so that the old one can be freed.
   */
  moveTo(standing: StandingGrants): void {
    this.#standing = standing;
  }

  /** What is decided at an anchor: the same as by the grants that are applicable there, but without a look at each. */
  masksAt(anchor: number): Masks {
    const { anchors, effects } = this.#standing;
    const sum: EffectsSum = { allows: 0, mayAllow: 0, denies: 0, mayDeny: 0 };
    for (let node = anchor; node !== -1; node = anchors.parentOf(node)) {
      const edge = anchors.edgeAt(node);
      if (!effects.mayHave(edge, this.#bits)) continue;
      for (const number of this.#numbers) effects.addTo(sum, edge, number);
    }
    if (this.#limits !== null) {
      for (const { mask, conditions } of this.#limitsOutside(anchor)) {
        if (conditions === null) sum.denies |= mask;
        else sum.mayDeny |= mask;
      }
    }
    return masksOf(this.role, sum);
  }

  #limitsOutside(anchor: number): ReadyGrant[] {
    const { anchors } = this.#standing;
    const outside = new Map(this.#limits ?? []);
    for (let node = anchor; node !== -1; node = anchors.parentOf(node)) {
      for (const [limit, edges] of outside) if (edges.has(anchors.edgeAt(node))) outside.delete(limit);
    }
    return [...outside.keys()];
  }

  /** The grants that bear on this class at an anchor. */
  applicable(anchor: number): Applicable {
    const allows = new Set<ReadyGrant>();
    const denies = new Set<ReadyGrant>(this.#limitsOutside(anchor));
    const { anchors } = this.#standing;
    for (let node = anchor; node !== -1; node = anchors.parentOf(node)) {
      const standing = this.#standing.at(anchors.edgeAt(node));
      if (standing === undefined) continue;
      for (const subject of this.subjects) {
        for (const grant of standing.get(subject) ?? []) {
          if (grant.grant.effect === 'allow') allows.add(grant);
          else if (grant.grant.effect === 'deny') denies.add(grant);
        }
      }
    }
    return { role: this.role, allows: [...allows].sort(byId), denies: [...denies].sort(byId) };
  }
}

function containerOf(scope: GrantScope): Container[] {
  if (scope.kind === 'workspace') return [];
  return [{ kind: scope.kind === 'database' ? 'database' : 'page', id: scope.id }];
}
