import type { AuditHour } from '../../api.ts';

const hourMs = 3_600_000;
/** Three days: more would be too thin to see. */
const shownMax = 72;
/** Less would be bars as broad as a hand. */
const shownMin = 24;

/** The last hours in which anything was, each hour of them, also those without any. Oldest first. */
export function hoursShown(hours: readonly AuditHour[]): readonly AuditHour[] {
  const last = hours.at(-1);
  if (last === undefined) return [];
  const end = Date.parse(last.hour);
  const known = new Map(hours.map(hour => [Date.parse(hour.hour), hour]));
  const first = Math.min(...known.keys());
  const count = Math.min(Math.max(Math.round((end - first) / hourMs) + 1, shownMin), shownMax);
  const begin = end - (count - 1) * hourMs;
  return Array.from({ length: count }, (_, index) => {
    const at = begin + index * hourMs;
    return known.get(at) ?? { hour: new Date(at).toISOString(), allowed: 0, denied: 0, events: 0 };
  });
}

export function sumOf(hours: readonly AuditHour[]): Omit<AuditHour, 'hour'> {
  const sum = { allowed: 0, denied: 0, events: 0 };
  for (const { allowed, denied, events } of hours) {
    sum.allowed += allowed;
    sum.denied += denied;
    sum.events += events;
  }
  return sum;
}

/** The hour that begins then, as the fields of a form have times: local, to the second. */
export function fieldsOf(hour: Date): { readonly since: string; readonly until: string } {
  return { since: local(hour), until: local(new Date(hour.getTime() + hourMs - 1_000)) };
}

function local(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
