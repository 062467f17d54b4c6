import { z } from 'zod';

const minutes = z.int().min(1).max(1_440);
const count = z.int().min(2).max(100_000);
const hour = z.int().min(0).max(24);
const on = z.boolean().default(true);

/** The alerts that a workspace wants. Every value has a default, so `{}` is a complete set of rules. */
export const alertRules = z
  .strictObject({
    denials: z
      .strictObject({ on, count: count.default(20), minutes: minutes.default(5) })
      .prefault({})
      .describe('So many denials of one principal within so many minutes.'),
    newAddress: z
      .strictObject({ on })
      .prefault({})
      .describe('A key is used from an address that it was never used from. The first address of a key is none.'),
    massReads: z
      .strictObject({
        on,
        pages: count.default(200),
        minutes: minutes.default(10),
        under: z.uuid().nullable().default(null).describe('Only pages below this one count; null: all.'),
      })
      .prefault({})
      .describe('One principal reads so many different pages within so many minutes.'),
    policyOutsideHours: z
      .strictObject({
        on: z.boolean().default(false),
        from: hour.default(8),
        to: hour.default(18),
        days: z.array(z.int().min(1).max(7)).default([1, 2, 3, 4, 5]).describe('1 is Monday.'),
        timeZone: z.string().refine(isTimeZone, 'Expected a time zone, such as Europe/Berlin').default('UTC'),
      })
      .prefault({})
      .describe('The policy changes on another day, or at another hour.'),
  })
  .meta({ id: 'AlertRules' });

export type AlertRules = z.infer<typeof alertRules>;
export type AlertRuleName = keyof AlertRules;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** Whether a time is within the hours in which the policy is changed. */
export function isWithinHours(at: Date, { from, to, days, timeZone }: AlertRules['policyOutsideHours']): boolean {
  const options = { timeZone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en', options).formatToParts(at);
  const part = (type: string) => parts.find(one => one.type === type)?.value ?? '';
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1;
  const now = Number(part('hour'));
  return days.includes(day) && now >= from && now < to;
}
