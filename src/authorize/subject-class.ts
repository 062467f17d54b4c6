import type { Container } from '../domain/ancestry.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { ActionMask } from './action-bits.ts';
import { type Applicable, applicable } from './applicable.ts';
import { byId, type ReadyGrant } from './ready-grant.ts';
import type { StandingGrants } from './standing-grants.ts';

/** Anchors in one piece of the memo. */
const pieceSize = 512;
/** Pieces that all classes of a policy may hold before they start afresh: 64 MB. */
const piecesMax = 16_384;
/** Applicable grants that one class remembers before it starts afresh. */
const rememberedMax = 4_096;

/** How much all classes of a policy remember together. */
export interface MemoBudget {
  pieces: number;
  /** Moves when everything is forgotten. */
  generation: number;
}

/**
 * Principals for whom the same is decided everywhere: of the same actions by role, and of the same subjects of grants. What
 * conditions have no part in is remembered by anchor, as two masks: what is always allowed, and what calls decide.
 */
export class SubjectClass {
  readonly role: ActionMask;
  /** `everyone`, the principal and its groups, as far as grants name them. */
  readonly subjects: readonly string[];
  /** All its grants, in order of their ids: those that decide, and the masks of properties. */
  readonly grants: readonly ReadyGrant[];
  readonly masks: readonly ReadyGrant[];
  /** Actions that a `deny`, a `limit` or a mask takes away somewhere. */
  readonly exceptions: ActionMask;
  /** Whether anything that it may do depends on where an object stands. */
  readonly dependsOnPages: boolean;

  #standing: StandingGrants;
  readonly #limits: readonly ReadyGrant[];
  readonly #budget: MemoBudget;
  readonly #exceptionsOf = new Map<ActionMask, readonly Container[]>();
  #pieces: (Int32Array | undefined)[] = [];
  #generation: number;
  readonly #applicable = new Map<number, Applicable>();

  constructor(role: ActionMask, subjects: readonly string[], standing: StandingGrants, budget: MemoBudget) {
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
    this.#limits = this.grants.filter(({ grant, throughout }) => grant.effect === 'limit' && !throughout);
    this.#budget = budget;
    this.#generation = budget.generation;
  }

  /** What the grants stand on that take one of these actions away. */
  exceptionsOf(bits: ActionMask): readonly Container[] {
    const known = this.#exceptionsOf.get(bits);
    if (known !== undefined) return known;
    const denying = this.grants.filter(({ grant, mask }) => grant.effect !== 'allow' && (mask & bits) !== 0);
    const on = denying.flatMap(({ grant }) => grant.scopes.flatMap(containerOf));
    const each = [...new Map(on.map(container => [container.id, container])).values()];
    this.#exceptionsOf.set(bits, each);
    return each;
  }

  /** Reads from a changed policy from now on, in which nothing of this class has changed; the old one can be let go. */
  moveTo(standing: StandingGrants): void {
    this.#standing = standing;
  }

  /** What is always allowed at an anchor. */
  always(anchor: number): ActionMask {
    return this.#piece(anchor)[2 * (anchor % pieceSize)] ?? 0;
  }

  /** What depends on conditions at an anchor. */
  conditional(anchor: number): ActionMask {
    return this.#piece(anchor)[2 * (anchor % pieceSize) + 1] ?? 0;
  }

  /** The piece of the memo that an anchor is in; the anchor's place in it is filled. */
  #piece(anchor: number): Int32Array {
    if (this.#generation !== this.#budget.generation) this.#forget();
    const number = (anchor / pieceSize) | 0;
    const piece = this.#pieces[number] ?? this.#newPiece(number);
    const place = 2 * (anchor % pieceSize);
    if (piece[place + 1] === unfilled) {
      const { always, conditional } = this.applicable(anchor, false);
      piece[place] = always;
      piece[place + 1] = conditional;
    }
    return piece;
  }

  #newPiece(number: number): Int32Array {
    if (++this.#budget.pieces > piecesMax) {
      this.#budget.pieces = 1;
      this.#budget.generation++;
      this.#forget();
    }
    const piece = new Int32Array(2 * pieceSize).fill(unfilled);
    this.#pieces[number] = piece;
    return piece;
  }

  #forget(): void {
    this.#pieces = [];
    this.#generation = this.#budget.generation;
  }

  /** The grants that bear on this class at an anchor. */
  applicable(anchor: number, remember = true): Applicable {
    const known = this.#applicable.get(anchor);
    if (known !== undefined) return known;
    const found = this.#collect(anchor);
    if (!remember) return found;
    if (this.#applicable.size >= rememberedMax) this.#applicable.clear();
    this.#applicable.set(anchor, found);
    return found;
  }

  #collect(anchor: number): Applicable {
    const allows = new Set<ReadyGrant>();
    const denies = new Set<ReadyGrant>(this.#limits);
    const { anchors } = this.#standing;
    for (let node = anchor; node !== -1; node = anchors.parentOf(node)) {
      const standing = this.#standing.at(anchors.edgeAt(node));
      if (standing === undefined || standing.size === 0) continue;
      for (const subject of this.subjects) {
        for (const grant of standing.get(subject) ?? []) {
          if (grant.grant.effect === 'allow') allows.add(grant);
          else if (grant.grant.effect === 'deny') denies.add(grant);
          else denies.delete(grant);
        }
      }
    }
    return applicable(this.role, [...allows].sort(byId), [...denies].sort(byId));
  }
}

/** No mask of 31 actions is this. */
const unfilled = -1;

function containerOf(scope: GrantScope): Container[] {
  if (scope.kind === 'workspace') return [];
  return [{ kind: scope.kind === 'database' ? 'database' : 'page', id: scope.id }];
}
