import { NativeSelect, type NativeSelectProps } from '@mantine/core';
import { type BuiltInRole, builtInRoles } from '../../../src/domain/role.ts';

const explanations: Record<BuiltInRole, string> = {
  admin: 'everything, also members and keys',
  editor: 'reads, creates and changes; does not delete',
  viewer: 'reads',
  guest: 'nothing until something is granted',
};

type RoleSelectProps = Omit<NativeSelectProps, 'data' | 'onChange'> & {
  readonly value: string;
  readonly onChange: (role: string) => void;
  /** Spells out what each role may do. */
  readonly explained?: boolean;
};

export function RoleSelect({ onChange, explained = false, ...props }: RoleSelectProps) {
  const data = builtInRoles.map(role => ({ value: role, label: explained ? `${role}: ${explanations[role]}` : role }));
  return <NativeSelect {...props} data={data} onChange={event => onChange(event.currentTarget.value)} />;
}
