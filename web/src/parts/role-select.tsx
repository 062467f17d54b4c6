import { NativeSelect, type NativeSelectProps } from '@mantine/core';
import { type BuiltInRole, builtInRoles } from '../../../src/domain/action.ts';
import type { Role } from '../api.ts';

/** What a role may do, as it is today. */
export const roleExplanations: Record<BuiltInRole, string> = {
  admin: 'everything, also members and keys',
  editor: 'reads, creates and changes; does not delete',
  viewer: 'reads',
  guest: 'may do nothing by itself: grants give single pages',
};

type RoleSelectProps = Omit<NativeSelectProps, 'data' | 'onChange'> & {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
};

/** The choice of a role in a form: it counts when the form is sent. */
export function RoleSelect({ onChange, ...props }: RoleSelectProps) {
  const data = builtInRoles.map(role => ({ value: role, label: `${role}: ${roleExplanations[role]}` }));
  return <NativeSelect {...props} data={data} onChange={event => onChange(event.currentTarget.value as Role)} />;
}
