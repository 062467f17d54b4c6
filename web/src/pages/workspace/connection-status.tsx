import { Mark, type MarkProps } from '../../parts/mark.tsx';

const unknown: MarkProps = { label: 'Unknown', icon: 'warning', tone: 'quiet' };

/** The states of a connection (a Map: a state named `constructor` must find nothing). */
const marks: ReadonlyMap<string, MarkProps> = new Map<string, MarkProps>([
  ['active', { label: 'Connected', icon: 'allowed', tone: 'good' }],
  ['refreshing', { label: 'Connected', icon: 'allowed', tone: 'good' }],
  ['pending', { label: 'Not confirmed', icon: 'warning', tone: 'attention' }],
  ['suspect', { label: 'Being checked', icon: 'warning', tone: 'attention' }],
  ['needs_reauth', { label: 'Reconnect needed', icon: 'warning', tone: 'bad' }],
  ['needs_reregister', { label: 'Reconnect needed', icon: 'warning', tone: 'bad' }],
  ['undecryptable', { label: 'Token cannot be opened', icon: 'warning', tone: 'bad' }],
  ['revoking', { label: 'Disconnecting', icon: 'denied', tone: 'quiet' }],
  ['revoked', { label: 'Not connected', icon: 'denied', tone: 'quiet' }],
]);

export function ConnectionStatus({ status }: { readonly status: string }) {
  return <Mark {...(marks.get(status) ?? unknown)} />;
}
