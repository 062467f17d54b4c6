import { type GrantConditions, type PropertyTest, type PropertyValue, signInStrengths } from '../../domain/grant.ts';
import { parseNetworks } from '../networks.ts';
import { momentOf } from '../property-test.ts';
import { attribute, containing, decimal, quoted } from './cedar-text.ts';

/** Something that Cedar cannot say. */
export class NotInCedar extends Error {}

/** Something that is tested if it is known. */
interface Test {
  /** Says whether it is known; empty: always. */
  readonly has: string;
  readonly holds: string;
}

/**
 * The conditions of a grant as expressions, all of which must hold. Cedar skips a policy that reads a missing value. So
 * each expression handles missing values itself: an allow does not match, and a deny or limit does.
 */
export function cedarConditions(when: GrantConditions, allows: boolean): string[] {
  const tests = [
    ...contextTests(when, allows),
    ...Object.entries(when.property ?? {}).map(([n, t]) => onProperty(n, t)),
  ];
  return tests.map(({ has, holds }) => {
    if (has === '') return holds;
    // Validation demands a check for existence before the value is read.
    return allows ? `${has} && (${holds})` : `!(${has}) || (${has} && (${holds}))`;
  });
}

function contextTests({ notBefore, until, doors, addresses, signIn }: GrantConditions, allows: boolean): Test[] {
  const tests: Test[] = [];
  const always = (holds: string) => tests.push({ has: '', holds });
  if (notBefore !== undefined) always(`context.now >= ${notBefore.getTime()}`);
  if (until !== undefined) always(`context.now < ${until.getTime()}`);
  if (doors !== undefined) always(oneOf(doors.map(quoted), 'context.door'));
  if (addresses !== undefined) tests.push(inNetworks(addresses, allows));
  if (signIn === undefined) return tests;
  const { strength, maxAgeSeconds } = signIn;
  const least = strength === undefined ? 0 : signInStrengths.indexOf(strength);
  tests.push({ has: 'context has strength', holds: `context.strength >= ${least}` });
  if (maxAgeSeconds !== undefined) {
    const holds = `context.now - context.signedInAt <= ${Math.round(maxAgeSeconds * 1000)}`;
    tests.push({ has: 'context has signedInAt', holds });
  }
  return tests;
}

/** A network that cannot be read leaves open whether an address was meant, so what denies matches. */
function inNetworks(networks: readonly string[], allows: boolean): Test {
  const readable = networks.filter(network => parseNetworks([network])('0.0.0.0') !== null);
  const holds = any(readable.map(network => `context.address.isInRange(ip(${quoted(network)}))`));
  return { has: 'context has address', holds: allows || readable.length === networks.length ? holds : 'true' };
}

function onProperty(name: string, test: PropertyTest): Test {
  if ('contains' in test) {
    const [text, list] = [attribute(name, 'text'), attribute(name, 'list')];
    const inText = `resource has ${text} && resource[${text}] like ${containing(test.contains)}`;
    const inList = `resource has ${list} && resource[${list}].contains(${quoted(test.contains)})`;
    return { has: `(resource has ${text} || resource has ${list})`, holds: `(${inText}) || (${inList})` };
  }
  if ('atLeast' in test) return atLeast(name, test.atLeast);
  if ('in' in test) return isIn(name, test.in);
  const wanted = 'is' in test ? test.is : test.isNot;
  const { key, value } = literal(name, wanted);
  return { has: `resource has ${key}`, holds: `resource[${key}] ${'is' in test ? '==' : '!='} ${value}` };
}

function atLeast(name: string, wanted: number | string): Test {
  if (typeof wanted === 'number') {
    const { key, value } = literal(name, wanted);
    return { has: `resource has ${key}`, holds: `resource[${key}].greaterThanOrEqual(${value})` };
  }
  const moment = momentOf(wanted);
  if (moment === null) throw new NotInCedar(`Cedar does not order text ("${wanted}").`);
  const key = attribute(name, 'moment');
  return { has: `resource has ${key}`, holds: `resource[${key}] >= ${moment}` };
}

function isIn(name: string, wanted: readonly PropertyValue[]): Test {
  const byKey = Map.groupBy(
    wanted.map(value => literal(name, value)),
    ({ key }) => key,
  );
  const keys = [...byKey.keys()];
  return {
    has: `(${any(keys.map(key => `resource has ${key}`))})`,
    holds: any(
      [...byKey].map(([key, values]) => {
        return `(resource has ${key} && ${oneOf(
          values.map(({ value }) => value),
          `resource[${key}]`,
        )})`;
      }),
    ),
  };
}

function literal(name: string, value: PropertyValue): { key: string; value: string } {
  if (typeof value === 'string') return { key: attribute(name, 'text'), value: quoted(value) };
  if (typeof value === 'boolean') return { key: attribute(name, 'flag'), value: String(value) };
  const text = decimal(value);
  if (text === null) throw new NotInCedar(`Cedar has no number ${value}: it has four decimals at most.`);
  return { key: attribute(name, 'number'), value: `decimal("${text}")` };
}

/** Validation is strict, and an empty set has no type. */
function oneOf(literals: readonly string[], value: string): string {
  return literals.length === 0 ? 'false' : `[${literals.join(', ')}].contains(${value})`;
}

function any(expressions: readonly string[]): string {
  return expressions.length === 0 ? 'false' : expressions.join(' || ');
}
