import { Badge, type MantineColor } from '@mantine/core';
import { Icon, type IconName } from '../../icons.tsx';

interface Look {
  readonly label: string;
  readonly color: MantineColor;
  readonly icon: IconName;
}

const unknown: Look = { label: 'Unknown', color: 'gray', icon: 'warning' };

/** The states of a connection (a Map: a state named `constructor` must find nothing). */
const looks: ReadonlyMap<string, Look> = new Map([
  ['active', { label: 'Connected', color: 'green', icon: 'allowed' }],
  ['refreshing', { label: 'Connected', color: 'green', icon: 'allowed' }],
  ['pending', { label: 'Not confirmed', color: 'yellow', icon: 'warning' }],
  ['suspect', { label: 'Being checked', color: 'yellow', icon: 'warning' }],
  ['needs_reauth', { label: 'Reconnect needed', color: 'red', icon: 'warning' }],
  ['needs_reregister', { label: 'Reconnect needed', color: 'red', icon: 'warning' }],
  ['undecryptable', { label: 'Token cannot be opened', color: 'red', icon: 'warning' }],
  ['revoking', { label: 'Disconnecting', color: 'gray', icon: 'denied' }],
  ['revoked', { label: 'Not connected', color: 'gray', icon: 'denied' }],
]);

export function ConnectionStatus({ status }: { readonly status: string }) {
  const { label, color, icon } = looks.get(status) ?? unknown;
  return (
    <Badge variant="outline" color={color} leftSection={<Icon name={icon} size={14} />} className="badge">
      {label}
    </Badge>
  );
}
