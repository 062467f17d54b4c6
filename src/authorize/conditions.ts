import { BlockList, isIP } from 'node:net';
import type { Ancestry } from '../domain/ancestry.ts';
import { type GrantConditions, type PropertyTest, type PropertyValue, signInStrengths } from '../domain/grant.ts';
import type { CallContext, JudgedObject } from '../domain/policy-snapshot.ts';

/** Whether conditions hold; `missing`: what one of them tests is not known, and no other fails. */
export type ConditionResult = 'yes' | 'no' | 'missing';

/** Conditions of one grant, made ready. Addresses are parsed once. */
export type Conditions = (context: CallContext, object: JudgedObject) => ConditionResult;

/**
 * Makes the conditions of a grant ready to be tested. Every one must hold. A condition that fails outweighs one that
 * cannot be tested: then the grant does not match, whatever its effect.
 */
export function compileConditions(when: GrantConditions): Conditions {
  const tests: Conditions[] = [];
  const { notBefore, until, doors, addresses, property, signIn } = when;
  if (notBefore !== undefined) tests.push(({ at }) => yesIf(at.getTime() >= notBefore.getTime()));
  if (until !== undefined) tests.push(({ at }) => yesIf(at.getTime() < until.getTime()));
  if (doors !== undefined) tests.push(({ door }) => yesIf(doors.includes(door)));
  if (addresses !== undefined) tests.push(inNetworks(addresses));
  if (signIn !== undefined) tests.push(signedIn(signIn));
  for (const [name, test] of Object.entries(property ?? {}))
    tests.push((_, object) => testProperty(name, test, object));
  return (context, object) => {
    const results = tests.map(test => test(context, object));
    if (results.includes('no')) return 'no';
    return results.includes('missing') ? 'missing' : 'yes';
  };
}

function yesIf(holds: boolean): ConditionResult {
  return holds ? 'yes' : 'no';
}

function inNetworks(networks: readonly string[]): Conditions {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    if (family === 0) continue;
    list.addSubnet(address, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? 'ipv4' : 'ipv6');
  }
  return ({ address }) => {
    const family = isIP(address);
    return family === 0 ? 'missing' : yesIf(list.check(address, family === 4 ? 'ipv4' : 'ipv6'));
  };
}

function signedIn({ strength, maxAgeSeconds }: NonNullable<GrantConditions['signIn']>): Conditions {
  return ({ at, signIn }) => {
    if (signIn === null) return 'missing';
    if (strength !== undefined && signInStrengths.indexOf(signIn.strength) < signInStrengths.indexOf(strength))
      return 'no';
    if (maxAgeSeconds === undefined) return 'yes';
    if (signIn.at === null) return 'missing';
    return yesIf(at.getTime() - signIn.at.getTime() <= maxAgeSeconds * 1000);
  };
}

/** The value on the object's page, or on the nearest page above it that has such a property. */
function testProperty(name: string, test: PropertyTest, object: JudgedObject): ConditionResult {
  const value = object.state === 'known' ? nearestValue(name, object) : undefined;
  return value === undefined ? 'missing' : compare(value, test);
}

function nearestValue(name: string, { path, properties }: Extract<Ancestry, { state: 'known' }>) {
  for (const { kind, id } of path) {
    if (kind !== 'page') continue;
    const known = properties?.get(id);
    // A page whose properties were not read may have this one.
    if (known === undefined) return undefined;
    if (Object.hasOwn(known, name)) return known[name];
  }
  return undefined;
}

/** A value of another type than the test's cannot be compared: it counts as missing. */
function compare(value: PropertyValue | readonly PropertyValue[], test: PropertyTest): ConditionResult {
  if ('contains' in test) {
    if (typeof value === 'string') return yesIf(value.includes(test.contains));
    return Array.isArray(value) ? yesIf(value.includes(test.contains)) : 'missing';
  }
  if (typeof value === 'object') return 'missing';
  if ('atLeast' in test) return typeof value === typeof test.atLeast ? yesIf(value >= test.atLeast) : 'missing';
  if ('in' in test) return sameType(value, test.in) ? yesIf(test.in.includes(value)) : 'missing';
  const wanted = 'is' in test ? test.is : test.isNot;
  if (typeof value !== typeof wanted) return 'missing';
  return yesIf((value === wanted) === 'is' in test);
}

function sameType(value: PropertyValue, list: readonly PropertyValue[]): boolean {
  return list.some(wanted => typeof wanted === typeof value);
}
