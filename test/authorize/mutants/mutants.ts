/** One mistake in the engine: a text that stands in a file exactly once, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Mistakes that a programmer could make, or has made in another engine. The checks must find each. */
export const mutants: readonly Mutant[] = [
  // What decides.
  {
    name: 'a deny is not inherited',
    file: 'applicable.ts',
    from: 'const denying = found.denies.filter(grant => (grant.mask & bit) !== 0 &&',
    to: "const denying = found.denies.filter(grant => (grant.mask & bit) !== 0 && object.state === 'known' && grant.grant.scopes.some(s => s.kind === 'workspace' || s.id === object.path[0]?.id) &&",
  },
  {
    name: 'an allow outweighs a deny',
    file: 'applicable.ts',
    from: 'return denying.length > 0 ? deniedBy(denying)',
    to: "return denying.length > 0 && allowedBy(found, bit, context, object).because !== 'grant' ? deniedBy(denying)",
  },
  {
    name: 'nobody denies what a role allows',
    file: 'applicable.ts',
    from: 'return denying.length > 0 ?',
    to: 'return denying.length > 0 && (found.role & bit) === 0 ?',
  },
  {
    name: 'a missing attribute makes an allow match',
    file: 'applicable.ts',
    from: "return asks === 'yes' ? result === 'yes' : result !== 'no';",
    to: "return result !== 'no';",
  },
  {
    name: 'a missing attribute makes a deny not match',
    file: 'applicable.ts',
    from: "return asks === 'yes' ? result === 'yes' : result !== 'no';",
    to: "return result === 'yes';",
  },
  {
    name: 'one action implies another',
    file: 'action-bits.ts',
    from: 'return bits.get(action) ?? 0;',
    to: "return action === 'manage' ? (bits.get('update') ?? 0) | (bits.get('manage') ?? 0) : (bits.get(action) ?? 0);",
  },
  {
    name: 'only the first deny is named',
    file: 'applicable.ts',
    from: "return judgement('deny', byDeny ? 'denied_by_grant' : 'outside_limit', denying);",
    to: "return judgement('deny', byDeny ? 'denied_by_grant' : 'outside_limit', denying.slice(0, 1));",
  },
  {
    name: 'conditions on denies are forgotten by the fast answer',
    file: 'masks.ts',
    from: '| (mayDeny & (allowed | mayAllow))',
    to: '',
  },
  {
    name: 'conditions on allows are forgotten by the fast answer',
    file: 'masks.ts',
    from: '(mayAllow & ~allowed) |',
    to: '',
  },
  // Where grants stand.
  {
    name: 'a limit denies inside',
    file: 'subject-class.ts',
    from: 'if (edges.has(anchors.edgeAt(node))) outside.delete(limit);',
    to: ';',
  },
  {
    name: 'a limit gives what it limits to',
    file: 'subject-class.ts',
    from: "else if (grant.grant.effect === 'deny') denies.add(grant);",
    to: "else if (grant.grant.effect === 'deny') denies.add(grant); else allows.add(grant);",
  },
  {
    name: 'the nearest carrier alone counts',
    file: 'subject-class.ts',
    from: 'if (standing === undefined) continue;',
    to: 'if (standing === undefined) continue; if (allows.size > 0) break;',
  },
  {
    name: 'the fast answer forgets limits',
    file: 'subject-class.ts',
    from: 'if (this.#limits !== null)',
    to: 'if (this.#limits === undefined)',
  },
  {
    name: 'the fast answer takes a limit for a deny',
    file: 'masks.ts',
    from: "else if (grant.effect === 'deny' && conditions === null) denies |= mask;",
    to: "else if (grant.effect !== 'allow' && conditions === null) denies |= mask;",
  },
  {
    name: 'the fast answer mixes up subjects',
    file: 'effects-table.ts',
    from: '(cells[place] === edge && cells[place + 1] === subject)',
    to: 'cells[place] === edge',
  },
  {
    name: 'the fast answer loses what was there when it grows',
    file: 'effects-table.ts',
    from: 'if (cell[0] !== free) this.#cells',
    to: 'if (cell[0] === 0) this.#cells',
  },
  {
    name: 'page-only holds for everything below',
    file: 'anchors.ts',
    from: "const own = scope.kind === 'page_only' ? 1 : 0;",
    to: 'const own = 0;',
  },
  {
    name: 'page-only never holds',
    file: 'anchors.ts',
    from: "return path.length === 0 ? anchor : this.alone(anchor, path[0]?.id ?? '');",
    to: 'return anchor;',
  },
  {
    name: 'the object itself is not on its path',
    file: 'anchors.ts',
    from: 'for (let i = path.length - 1; i >= 0; i--)',
    to: 'for (let i = path.length - 1; i > 0; i--)',
  },
  {
    name: 'only the first scope of a grant counts',
    file: 'standing-grants.ts',
    from: 'return new Set(scopes.map(scope => anchors.edgeOf(scope)));',
    to: 'return new Set(scopes.slice(0, 1).map(scope => anchors.edgeOf(scope)));',
  },
  {
    name: 'a mask of properties denies everything',
    file: 'standing-grants.ts',
    from: 'const decides = ({ grant }: ReadyGrant) => grant.properties === null;',
    to: 'const decides = (_: ReadyGrant) => true;',
  },
  // Whom grants are for.
  {
    name: 'only the first group counts',
    file: 'engine.ts',
    from: '...groups].filter(',
    to: '...groups.slice(0, 1)].filter(',
  },
  {
    name: 'groups in groups do not count',
    file: 'groups-of.ts',
    from: 'const all = [id, ...(holders.get(id) ?? [])];',
    to: 'const all = [id];',
  },
  {
    name: 'everyone means nobody',
    file: 'engine.ts',
    from: "const subjects = ['everyone', principal,",
    to: 'const subjects = [principal,',
  },
  {
    name: 'somebody who is no member is a guest',
    file: 'engine.ts',
    from: 'if (role === undefined) return null;',
    to: '',
  },
  {
    name: 'classes of different roles are one',
    file: 'engine.ts',
    from: `const key = \`\${mask},\${subjects.join()}\`;`,
    to: 'const key = subjects.join();',
  },
  {
    name: 'an unknown role is the one of admins',
    file: 'engine.ts',
    from: '?? roles.get(role) ?? nothing;',
    to: "?? roles.get(role) ?? actionsOfBuiltInRole('admin') ?? nothing;",
  },
  // What is tested.
  {
    name: 'a grant holds in the millisecond in which it ends',
    file: 'conditions.ts',
    from: '(now, then) => now < then',
    to: '(now, then) => now <= then',
  },
  {
    name: 'a grant does not hold in the millisecond in which it begins',
    file: 'conditions.ts',
    from: '(now, then) => now >= then',
    to: '(now, then) => now > then',
  },
  {
    name: 'what cannot be tested outweighs what fails',
    file: 'condition-result.ts',
    from: "if (a === 'no' || b === 'no') return 'no';",
    to: "if (a === 'missing' || b === 'missing') return 'missing'; if (a === 'no' || b === 'no') return 'no';",
  },
  {
    name: 'a network that cannot be read holds no address for sure',
    file: 'networks.ts',
    from: 'return list.check(address, family) || (readable ? false : null);',
    to: 'return list.check(address, family);',
  },
  {
    name: 'a property is looked for on the object alone',
    file: 'property-test.ts',
    from: 'for (const { kind, id } of path) {',
    to: 'for (const { kind, id } of path.slice(0, 1)) {',
  },
  {
    name: 'a page whose properties were not read has none',
    file: 'property-test.ts',
    from: 'if (known === undefined) return undefined;',
    to: 'if (known === undefined) continue;',
  },
  {
    name: 'a value of another type is unequal',
    file: 'property-test.ts',
    from: "return sameType(value, wanted) ? yesIf((value === wanted) === 'is' in test) : 'missing';",
    to: "return yesIf((value === wanted) === 'is' in test);",
  },
  {
    name: 'any sign-in is strong enough',
    file: 'conditions.ts',
    from: "if (strength !== undefined && signInStrengths.indexOf(signIn.strength) < signInStrengths.indexOf(strength))\n      return 'no';",
    to: '',
  },
  // Without a place.
  {
    name: 'a deny on pages leaves what is unknown alone',
    file: 'without-place.ts',
    from: 'if (denying.some(({ onPages }) => onPages)) return open;',
    to: '',
  },
  {
    name: 'an allow on pages holds for what is unknown',
    file: 'without-place.ts',
    from: '({ onPages, conditions }) => !onPages && (conditions',
    to: '({ conditions }) => (conditions',
  },
  {
    name: 'a limit denies a filtered list',
    file: 'without-place.ts',
    from: "matching.filter(({ grant, onPages }) => grant.effect === 'deny' && !onPages);\n  if (denying.length",
    to: "matching.filter(({ grant, onPages }) => grant.effect === 'limit' || (grant.effect === 'deny' && !onPages));\n  if (denying.length",
  },
  // Keys.
  {
    name: 'a key gives what its principal has not',
    file: 'compile-policy.ts',
    from: "return found.effect === 'deny' ? found :",
    to: "return found.effect === 'deny' && asker.limit === null ? found :",
  },
  {
    name: 'a key for pages reaches the workspace',
    file: 'compile-policy.ts',
    from: "if (object.state === 'workspace') return object.filtered;",
    to: "if (object.state === 'workspace') return true;",
  },
  {
    name: 'a key for pages does everything beside content',
    file: 'compile-policy.ts',
    from: 'return actions !== null;',
    to: 'return true;',
  },
  // What is forgotten when something changes.
  {
    name: 'a changed role of a member is not noticed',
    file: 'apply-change.ts',
    from: 'classByPrincipal.delete(change.id);',
    to: '',
  },
  {
    name: 'a changed group is not noticed',
    file: 'apply-change.ts',
    from: 'groupsOf: groupsByPrincipal(policy), classByPrincipal: new Map() }',
    to: 'classByPrincipal: new Map() }',
  },
  {
    name: 'who joined or left stays in the old class',
    file: 'apply-change.ts',
    from: 'groupsOf: groupsByPrincipal(policy), classByPrincipal: new Map() }',
    to: 'groupsOf: groupsByPrincipal(policy) }',
  },
  {
    name: 'a new grant is not noticed by those who were asked about',
    file: 'apply-change.ts',
    from: 'return { ...parts, policy, ready, standing, classes, classByPrincipal: new Map() };',
    to: 'return { ...parts, policy, ready, standing, classes };',
  },
  {
    name: 'what is remembered of a class outlives its grants',
    file: 'apply-change.ts',
    from: '!subjects.some(subject => touched.has(subject))',
    to: 'subjects.length > 0',
  },
  {
    name: 'a revoked grant stays',
    file: 'apply-change.ts',
    from: 'const gone = new Set([...removed, ...replaced]);',
    to: 'const gone = new Set(replaced);',
  },
  {
    name: 'a changed role changes no grant of it',
    file: 'apply-change.ts',
    from: "({ grant }) => 'role' in grant.actions && grant.actions.role === change.name",
    to: "({ grant }) => 'role' in grant.actions && grant.actions.role === ''",
  },
  {
    name: 'a change reaches into earlier snapshots',
    file: 'standing-grants.ts',
    from: 'const subjects = new Map(at[edge]);',
    to: 'const subjects = (at[edge] ?? new Map()) as Map<string, readonly ReadyGrant[]>;',
  },
  {
    name: 'a change reaches into the fast answers of earlier snapshots',
    file: 'standing-grants.ts',
    from: 'const effects = new EffectsTable(this.effects);',
    to: 'const { effects } = this;',
  },
  // The tree.
  {
    name: 'a moved page keeps its anchor',
    file: 'tree/page-tree.ts',
    from: 'if (this.#firstChild[ordinal] === none) this.#anchorAgain(ordinal);\n    else this.#touch(ordinal);',
    to: '',
  },
  {
    name: 'what is below a moved page keeps its anchor',
    file: 'tree/page-tree.ts',
    from: 'if (this.#firstChild[ordinal] === none) this.#anchorAgain(ordinal);\n    else this.#touch(ordinal);',
    to: 'this.#anchorAgain(ordinal);',
  },
  {
    name: 'the tree does not look up what is not up to date',
    file: 'tree/page-tree.ts',
    from: 'return this.#pending.size === 0 ? this.#ids.beside(ordinal) : this.#walk(ordinal);',
    to: 'return this.#ids.beside(ordinal);',
  },
  {
    name: 'the tree finds by id what is not up to date',
    file: 'tree/page-tree.ts',
    from: 'if (this.#pending.size === 0) return this.#ids.besideId(id);',
    to: 'return this.#ids.besideId(id);',
  },
  {
    name: 'the tree forgets what grants stand on',
    file: 'tree/placed-policy.ts',
    from: 'tree.carry(scopesOf(snapshot));',
    to: '',
  },
  {
    name: 'page-only of the tree holds below',
    file: 'tree/page-tree.ts',
    from: 'this.#standing(ordinal, this.anchors.throughout(above))',
    to: 'this.#standing(ordinal, above)',
  },
  // Moves.
  {
    name: 'a move is judged at the page alone',
    file: 'widens.ts',
    from: 'return contentBits.some(bit => gainsBelow(itsClass, was, is, turned, bit));',
    to: 'return false;',
  },
  {
    name: 'what is handed down from above is not looked at',
    file: 'widens.ts',
    from: 'const turned = itsClass.grants.filter(grant => wordsBelow(grant, before, at) !== wordsBelow(grant, after, at));',
    to: 'const turned: typeof itsClass.grants = [];',
  },
  {
    name: 'a move away from a deny does not widen',
    file: 'widens.ts',
    from: '(mayTurn(false) || without(was.denies, is.denies).some(has))',
    to: 'mayTurn(false)',
  },
];
