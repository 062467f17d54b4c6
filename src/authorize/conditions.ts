import { type GrantConditions, signInStrengths } from '../domain/grant.ts';
import type { CallContext, JudgedObject } from '../domain/policy-snapshot.ts';
import { both, type ConditionResult, yesIf } from './condition-result.ts';
import { parseNetworks } from './networks.ts';
import { testProperty } from './property-test.ts';

/** Conditions of one grant, made ready. Addresses are parsed once. */
export interface Conditions {
  /**
   * Every condition must hold. A condition that fails counts more than one that cannot be tested: the grant then has no
   * effect at all.
   */
  test(context: CallContext, object: JudgedObject): ConditionResult;
  /** The part that the object decides: `yes` where no property is tested. */
  testProperties(object: JudgedObject): ConditionResult;
  /** The result for each property that is tested. */
  testEach(object: JudgedObject): readonly ConditionResult[];
  readonly onProperties: boolean;
  /**
   * The conditions that still depend on the call from a moment on, in words that are equal for equal conditions. Empty:
   * none does. Null: the grant has expired.
   *
   * @param options.properties false: leaves out the conditions that the object decides
   */
  residue(at: Date, options?: { readonly properties?: boolean }): string | null;
}

type ContextTest = (context: CallContext) => ConditionResult;

/** Makes the conditions of a grant ready to be tested. */
export function compileConditions(when: GrantConditions): Conditions {
  const { notBefore, until, doors, addresses, property, signIn } = when;
  const ofContext: ContextTest[] = [];
  if (notBefore !== undefined) ofContext.push(({ at }) => compareMoments(at, notBefore, (now, then) => now >= then));
  if (until !== undefined) ofContext.push(({ at }) => compareMoments(at, until, (now, then) => now < then));
  if (doors !== undefined) ofContext.push(({ door }) => yesIf(doors.includes(door)));
  if (addresses !== undefined) ofContext.push(inNetworks(addresses));
  if (signIn !== undefined) ofContext.push(signedIn(signIn));
  const properties = Object.entries(property ?? {});
  const testEach = (object: JudgedObject) => properties.map(([name, test]) => testProperty(name, test, object));
  const testProperties = (object: JudgedObject) => testEach(object).reduce(both, 'yes');

  return {
    test(context, object) {
      const first = ofContext.reduce<ConditionResult>((result, test) => both(result, test(context)), 'yes');
      return first === 'no' || properties.length === 0 ? first : both(first, testProperties(object));
    },
    testProperties,
    testEach,
    onProperties: properties.length > 0,
    residue(at, options) {
      if (until !== undefined && until.getTime() <= at.getTime()) return null;
      const rest = {
        ...(notBefore === undefined || notBefore.getTime() <= at.getTime() ? {} : { notBefore }),
        ...(until === undefined ? {} : { until }),
        ...(doors === undefined ? {} : { doors: doors.toSorted() }),
        ...(addresses === undefined ? {} : { addresses: addresses.toSorted() }),
        ...(signIn === undefined ? {} : { strength: signIn.strength, maxAge: signIn.maxAgeSeconds }),
        ...(properties.length === 0 || options?.properties === false ? {} : { property: properties.toSorted(byName) }),
      };
      return Object.keys(rest).length === 0 ? '' : JSON.stringify(rest);
    },
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** An invalid date cannot be compared. */
function compareMoments(now: Date, then: Date, holds: (now: number, then: number) => boolean): ConditionResult {
  const [a, b] = [now.getTime(), then.getTime()];
  return Number.isNaN(a) || Number.isNaN(b) ? 'missing' : yesIf(holds(a, b));
}

function inNetworks(networks: readonly string[]): ContextTest {
  const holds = parseNetworks(networks);
  return ({ address }) => {
    const found = holds(address);
    return found === null ? 'missing' : yesIf(found);
  };
}

function signedIn({ strength, maxAgeSeconds }: NonNullable<GrantConditions['signIn']>): ContextTest {
  return ({ at, signIn }) => {
    if (signIn === null) return 'missing';
    if (strength !== undefined && signInStrengths.indexOf(signIn.strength) < signInStrengths.indexOf(strength))
      return 'no';
    if (maxAgeSeconds === undefined) return 'yes';
    if (signIn.at === null) return 'missing';
    return compareMoments(at, signIn.at, (now, then) => now - then <= maxAgeSeconds * 1000);
  };
}
