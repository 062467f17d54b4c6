import { Group, Text } from '@mantine/core';
import { Icon, type IconName } from '../icons.tsx';

export interface MarkProps {
  readonly label: string;
  readonly icon: IconName;
  readonly tone: 'good' | 'bad' | 'attention' | 'quiet';
  readonly strong?: boolean;
}

/** A state, told by a word and a drawing; the colour only adds to them. */
export function Mark({ label, icon, tone, strong = false }: MarkProps) {
  return (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex" className={`mark ${tone}`}>
      <Icon name={icon} size={16} />
      <Text span size="sm" fw={strong ? 700 : 500}>
        {label}
      </Text>
    </Group>
  );
}
