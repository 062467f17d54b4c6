import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Container } from '../../src/domain/ancestry.ts';
import type { Door } from '../../src/domain/door.ts';
import type { MirroredProperties, SignInStrength } from '../../src/domain/grant.ts';
import type { PrincipalId } from '../../src/domain/ids.ts';
import type { JudgedObject, Judgement, PolicySnapshot } from '../../src/domain/policy-snapshot.ts';
import { applyProposal } from '../../src/policy/apply-proposal.ts';
import { readDocument } from '../../src/policy/document.ts';
import type { NamedMember } from '../../src/policy/names.ts';
import { readYaml } from '../../src/policy/yaml.ts';

/** A workspace and what must be decided in it, as a file says it: for readers who do not read programs. */
interface ScenarioFile {
  readonly about: string;
  /** `Page`, or `Page < what it stands in`. */
  readonly pages: readonly string[];
  readonly properties?: Readonly<Record<string, MirroredProperties>>;
  /** A policy document (docs/policy.md) in which pages have names. */
  readonly policy: { readonly members: Readonly<Record<string, string>> };
  readonly cases: readonly ScenarioCase[];
}

export interface ScenarioCase {
  readonly who: string;
  readonly may: Action;
  /** A page, `workspace`, `every page` (a filtered list), `unknown` or `stale`. */
  readonly on: string;
  readonly at?: string;
  readonly door?: Door;
  readonly address?: string;
  /** Seconds ago. */
  readonly signIn?: { readonly strength: SignInStrength; readonly ago: number };
  readonly key?: { readonly actions?: readonly Action[]; readonly under?: readonly string[] };
  readonly expect: 'allow' | 'deny';
  readonly because?: Judgement['because'];
  /** The reasons of the grants that decide. */
  readonly by?: readonly string[];
  readonly note?: string;
}

const moment = '2026-12-01T12:00:00Z';

export interface Scenario {
  readonly about: string;
  readonly cases: readonly ScenarioCase[];
  /** What the engine says, and the reasons of the grants that it names. */
  judge(each: ScenarioCase): Judgement & { readonly by: readonly string[] };
}

export function openScenario(text: string): Scenario {
  const read = readYaml(text);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const file = read.value as ScenarioFile;
  const pages = new Map(file.pages.map((line, index) => placeOf(line, index)));
  const idOf = (name: string) => {
    const page = pages.get(name);
    if (page === undefined) throw new Error(`There is no page "${name}".`);
    return page.id;
  };
  const { snapshot, idOfMember } = compile(file, idOf);
  const properties = new Map<string, MirroredProperties>(
    Object.entries(file.properties ?? {}).map(([name, known]) => [idOf(name), known]),
  );
  const reasons = new Map(snapshot.source.grants.map(({ id, reason }) => [id, reason]));

  function objectOf(on: string): JudgedObject {
    if (on === 'workspace' || on === 'every page') return { state: 'workspace', filtered: on === 'every page' };
    if (on === 'unknown' || on === 'stale') return { state: on };
    const path: Container[] = [];
    for (let page = pages.get(on); page !== undefined; page = pages.get(page.parent ?? '')) {
      path.push({ kind: 'page', id: page.id });
    }
    return { state: 'known', path: path.length === 0 ? [{ kind: 'page', id: idOf(on) }] : path, properties };
  }

  return {
    about: file.about,
    cases: file.cases,
    judge({ who, may, on, at = moment, door = 'rest', address = '198.51.100.7', signIn, key }) {
      const now = new Date(at);
      const limit = key && {
        actions: key.actions === undefined ? null : new Set(key.actions),
        under: key.under?.map(idOf) ?? null,
      };
      const since = signIn && { strength: signIn.strength, at: new Date(now.getTime() - signIn.ago * 1000) };
      const context = { at: now, door, address, signIn: since ?? null };
      const asker = { principal: idOfMember(who), limit: limit ?? null, context };
      const judgement = snapshot.judge(asker, may, objectOf(on));
      return { ...judgement, by: judgement.grants.map(id => reasons.get(id) ?? '') };
    },
  };
}

interface Page {
  readonly id: string;
  readonly parent: string | null;
}

function placeOf(line: string, index: number): [string, Page] {
  const [name = '', parent] = line.split(' < ');
  return [name, { id: uuid(index + 1), parent: parent ?? null }];
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

function compile({ policy }: ScenarioFile, idOf: (page: string) => string) {
  const members = Object.keys(policy.members).map((name, index) => memberOf(name, index));
  const read = readDocument(withIds(policy, idOf));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const roles = members.map(({ id }): [PrincipalId, string] => [id, 'guest']);
  const before = { revision: 1, roles: new Map(), members: new Map(roles), groups: new Map(), grants: [] };
  const applied = applyProposal(
    before,
    { kind: 'replace', document: read.document },
    { members, author: null, at: new Date(0) },
  );
  if ('problems' in applied) throw new Error(applied.problems.join('\n'));
  const snapshot: PolicySnapshot = compilePolicy(applied.policy);
  const idOfMember = (name: string): PrincipalId =>
    members.find(member => [member.email, `agent:${member.name}`].includes(name))?.id ?? `usr_${uuid(999)}`;
  return { snapshot, idOfMember };
}

function memberOf(name: string, index: number): NamedMember {
  const isAgent = name.startsWith('agent:');
  return {
    id: `${isAgent ? 'agt' : 'usr'}_${uuid(index + 1)}`,
    kind: isAgent ? 'agent' : 'user',
    name: name.replace('agent:', ''),
    email: isAgent ? null : name,
  };
}

/** The document with ids in the place of names. */
function withIds(value: unknown, idOf: (page: string) => string): unknown {
  if (Array.isArray(value)) return value.map(item => withIds(item, idOf));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item, idOf)]));
  const named = typeof value === 'string' ? /^(page|page-only|database):(.+)$/.exec(value) : null;
  return named === null ? value : `${named[1]}:${idOf(named[2] ?? '')}`;
}
