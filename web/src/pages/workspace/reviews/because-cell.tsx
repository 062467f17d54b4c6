import { Stack, Text } from '@mantine/core';
import type { DecidingGrant } from '../../../api.ts';
import { inWords } from '../../log/reasons.ts';

interface BecauseProps {
  readonly because: string;
  readonly grants: readonly DecidingGrant[];
}

/** Why: the reason, and each grant that decides. */
export function Because({ because, grants }: BecauseProps) {
  return (
    <Stack gap={0}>
      <Text size="sm">{inWords(because)}</Text>
      {grants.map(grant => (
        <Text key={grant.id} size="xs" c="dimmed" className="hostile">
          {grant.effect} for {grant.to}: {grant.reason}
        </Text>
      ))}
    </Stack>
  );
}

/** The grants of a row, out of those of its list. */
export function grantsOf(
  row: { readonly grants: readonly string[] },
  grants: readonly DecidingGrant[],
): readonly DecidingGrant[] {
  const named = new Set(row.grants);
  return grants.filter(({ id }) => named.has(id));
}
