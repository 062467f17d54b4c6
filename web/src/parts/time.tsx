import { Text } from '@mantine/core';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** An instant, as a distance from now; the exact time is in the tooltip. `never` is shown if there is no instant. */
export function Time({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  if (at === null) return never;
  const exact = absolute.format(new Date(at));
  return (
    <Text span inherit component="time" dateTime={at} title={exact}>
      {distance(Date.parse(at) - Date.now())}
    </Text>
  );
}

export function exactTime(at: string): string {
  return absolute.format(new Date(at));
}

function distance(ms: number): string {
  for (const [unit, size] of units) {
    if (Math.abs(ms) >= size) return relative.format(Math.round(ms / size), unit);
  }
  return 'just now';
}
