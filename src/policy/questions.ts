import type { Action } from '../domain/action.ts';
import { type Ancestry, isContainerKind, objectKey } from '../domain/ancestry.ts';
import type { Capable, ExplainedJudgement } from '../domain/explained.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { askerNow, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { LaidPolicy, PolicyAnalysis } from './analysis.ts';
import { createNames, type SubjectNames } from './names.ts';
import type { PagePlaces } from './page-places.ts';
import type { PolicyStore, StoredPolicy } from './policy-store.ts';

/** What a question is about: an object of Notion's, or the workspace as a whole. */
export type AskedObject = NotionRef | { readonly kind: 'workspace' };

/** A policy, ready for questions in the name of an asker. */
export interface Questioned {
  readonly stored: StoredPolicy;
  readonly policy: PolicySnapshot;
  readonly names: SubjectNames;
  /** The asker may see every page, regardless of its place. */
  readonly seesAll: boolean;
  /** Whether the asker may read an object there. */
  maySee(object: JudgedObject): boolean;
  /**
   * Where an object stands; `unknown` for one that the asker may not read, as for one that does not exist (rule 19).
   */
  locate(object: AskedObject): Promise<JudgedObject>;
  /** Where these objects stand, like `locate`, in the same order. */
  locateAll(objects: readonly AskedObject[]): Promise<readonly JudgedObject[]>;
  /** The judgement about a principal, without a key. */
  judge(principal: PrincipalId, action: Action, object: JudgedObject): Judgement;
  /** The same, but for the asker within the limit of their key. */
  judgeFor(principal: PrincipalId, action: Action, object: JudgedObject): Judgement;
  /** With a `limit`: as it would be with a key that has this limit. */
  explain(principal: PrincipalId, action: Action, object: JudgedObject, limit?: KeyLimit): ExplainedJudgement;
  /** Every member who may do something with it, in every call or in some. */
  whoCan(action: Action, object: JudgedObject): readonly Capable[];
  titles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What a principal can use, as far as the asker may see it. Null: the place of `under` or `cursor` is not known. */
  reach(question: Omit<ReachAsked, 'at'>): Promise<ReachSeen | null>;
}

type ReachAsked = Parameters<LaidPolicy['reach']>[0];

export interface ReachSeen {
  /** Null: the asker may not see every page, so not how many there are. */
  readonly counts: { readonly always: number; readonly sometimes: number } | null;
  readonly pages: readonly ReachedPage[];
  readonly cursor: string | null;
}

export interface ReachedPage {
  readonly kind: string;
  readonly id: string;
  /** Where the object stands, as far as it is known. */
  readonly standing: JudgedObject;
}

/** Answers questions about policies. An answer tells of no page that the asker may not read (rule 19). */
export interface Questions {
  ask(context: CommandContext, workspaceId: WorkspaceId): Promise<Questioned>;
}

export function createQuestions(parts: {
  store: Pick<PolicyStore, 'read'>;
  compile: CompilePolicy;
  places: PagePlaces;
  analysis: Pick<PolicyAnalysis, 'lay' | 'explain' | 'whoCan'>;
  now: Now;
}): Questions {
  const { store, compile, places, analysis, now } = parts;
  return {
    async ask(context, workspaceId) {
      const stored = await store.read(workspaceId);
      const policy = compile(stored.policy);
      const at = now();
      const asker = askerNow(context.caller, at);
      const seesAll = asker !== null && !policy.dependsOnPages(asker);
      const maySee = (object: JudgedObject) =>
        asker !== null && (object.state === 'workspace' || policy.judge(asker, 'read', object).effect === 'allow');

      async function locateAll(objects: readonly AskedObject[]): Promise<readonly JudgedObject[]> {
        const asked = objects.filter((object): object is NotionRef => 'id' in object);
        const found = asked.length === 0 ? nowhere : await places.find(context, workspaceId, asked);
        return objects.map((object): JudgedObject => {
          if (!('id' in object)) return { state: 'workspace', filtered: false };
          const ancestry = found.get(objectKey(object)) ?? ({ state: 'unknown' } as const);
          return ancestry.state === 'known' && maySee(ancestry) ? ancestry : { state: 'unknown' };
        });
      }

      return {
        stored,
        policy,
        names: createNames(stored.members, stored.policy.groups),
        seesAll,
        maySee,
        locateAll,
        locate: async object => (await locateAll([object]))[0] ?? { state: 'unknown' },
        judge: (principal, action, object) => policy.judge(askerFor(principal, at), action, object),
        judgeFor: (principal, action, object) =>
          policy.judge(ofAsker(asker, principal) ?? askerFor(principal, at), action, object),
        explain(principal, action, object, limit) {
          const asking = ofAsker(asker, principal) ?? askerFor(principal, at);
          const limited = limit === undefined ? asking : { ...asking, limit: narrowed(limit, asking.limit) };
          return analysis.explain(policy, limited, action, object);
        },
        whoCan: (action, object) => analysis.whoCan(policy, action, object, at),
        titles: ids => places.titles(workspaceId, ids),
        async reach(question) {
          const laid = await analysis.lay(workspaceId, stored.policy, [], at);
          const found = laid.reach(question);
          if (found === null) return null;
          const known = await places.known(workspaceId, found.ids);
          const standing = (id: string) => known.get(id) ?? ({ state: 'unknown' } as const);
          const pages = found.ids.map(id => ({ kind: laid.kindOf(id), id, standing: standing(id) }));
          return {
            counts: seesAll ? { always: found.always, sometimes: found.sometimes } : null,
            pages: pages.filter(page => maySee(page.standing)),
            cursor: found.cursor,
          };
        },
      };
    },
  };
}

const nowhere: ReadonlyMap<string, Ancestry> = new Map();

/** With a key and no sign-in behind it: what conditions test of a call is as weak as it can be. */
function askerFor(principal: PrincipalId, at: Date): Asker {
  return { principal, limit: null, context: { at, door: 'api', address: '', signIn: null } };
}

/** An asker who asks about themselves is judged like their calls, within the limit of their key. */
function ofAsker(asker: Asker | null, principal: PrincipalId): Asker | null {
  return asker !== null && asker.principal === principal ? asker : null;
}

/** The limit of a key that a limited caller makes: what it does not name stays limited. */
function narrowed({ actions, under }: KeyLimit, own: KeyLimit | null): KeyLimit {
  return { actions: actions ?? own?.actions ?? null, under: under ?? own?.under ?? null };
}

/** The containers of a path that the asker may see; for the others it shows only that there is one. */
export function shownPath({ maySee }: Questioned, object: JudgedObject) {
  if (object.state !== 'known') return [];
  return object.path.map(({ kind, id }, index) => {
    const seen = isContainerKind(kind) && maySee({ ...object, path: object.path.slice(index) });
    return { kind, id: seen ? id : null };
  });
}
