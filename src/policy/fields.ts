import { isIP } from 'node:net';
import { z } from 'zod';
import { actions, builtInRoles, policyName as nameShape } from '../domain/action.ts';
import { doors } from '../domain/door.ts';
import { type GrantConditions, type PropertyTest, signInStrengths } from '../domain/grant.ts';

/** The parts that policies are written in, in a document and in single requests alike. */

/** The name of a custom role or of a group. */
export const policyName = z
  .string()
  .regex(nameShape, 'Expected lower-case letters, digits, - and _, beginning with a letter');
export const customRoleName = policyName.refine(
  name => !(builtInRoles as readonly string[]).includes(name),
  'Built-in roles cannot be changed',
);

export const action = z.enum(actions);

/** `everyone`, `group:NAME`, `agent:NAME`, an address, or an id. */
export const subjectName = z.string().trim().min(1).max(320);

export const reason = z.string().trim().min(1).max(500);

export const propertyNames = z.array(z.string().min(1).max(200)).min(1).max(100);

const value = z.union([z.string().max(2000), z.number(), z.boolean()]);
const propertyTest = z.union([
  z.strictObject({ is: value }),
  z.strictObject({ isNot: value }),
  z.strictObject({ in: z.array(value).min(1).max(100) }),
  z.strictObject({ atLeast: z.union([z.number(), z.string().max(200)]) }),
  z.strictObject({ contains: z.string().min(1).max(200) }),
]) satisfies z.ZodType<PropertyTest>;

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], 'Expected a date, or a time with its offset');
const network = z.string().refine(isNetwork, 'Expected an address or a network in CIDR notation');

/** The closed list of conditions. */
export const conditions = z
  .strictObject({
    notBefore: moment.optional(),
    until: moment.optional(),
    doors: z.array(z.enum(doors)).min(1).optional(),
    addresses: z.array(network).min(1).max(100).optional(),
    property: z.record(z.string().min(1).max(200), propertyTest).optional(),
    signIn: z
      .strictObject({
        strength: z.enum(signInStrengths).optional(),
        maxAgeSeconds: z.int().min(1).max(31_536_000).optional(),
      })
      .optional(),
  })
  .refine(when => Object.keys(when).length > 0, 'Expected at least one condition');

/** As the domain has them: moments are moments. */
export function toConditions(given: z.infer<typeof conditions> | null | undefined): GrantConditions | null {
  if (given == null) return null;
  const { notBefore, until, ...others } = given;
  return {
    ...(others as GrantConditions),
    ...(notBefore !== undefined && { notBefore: new Date(notBefore) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
